"""The examples of the reference page, run as they stand there."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from huiyin.cases.models import Case
from tests.factories import uploads
from tests.interop.open311.conftest import a_city, published

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "open311.md"
EXAMPLES = re.search(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)[1].strip().splitlines()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_examples_work_as_printed(live_server, tmp_path):
    city = a_city()
    published(city)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(uploads.picture())
    variables = {"BASE": live_server.url, "SERVICE": "potholes", "KEY": city.key, "PHOTO": str(photo)}
    before = Case.objects.count()
    for line in EXAMPLES:
        command = ["curl", "-sS", "--fail-with-body", *shlex.split(_filled(line, variables))[1:]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        assert done.stdout.startswith(("[", "{", "<?xml"))
    filed = Case.objects.filter(channel__code="api")
    assert Case.objects.count() == before + 1, "the test endpoint keeps nothing"
    assert filed.get().files.count() == 1


def _filled(line, variables):
    for name, value in variables.items():
        line = line.replace(f"${name}", value)
    return line
