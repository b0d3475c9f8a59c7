"""What a web process loads before its first page: a second start of seconds, and memory for each of them."""

import subprocess
import sys

HEAVY = ("sklearn", "pandas", "playwright")


def test_the_screens_load_without_the_heavy_libraries():
    code = "import django; django.setup(); import huiyin.config.urls, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "huiyin" in loaded
    assert not loaded & set(HEAVY)
