"""The embedded server takes an eighth of the memory, of the container's where there is one, within bounds."""

import pytest

from huiyin.config import tuning

GIGABYTE = 2**30


def told(options: tuple[str, ...], name: str) -> str:
    return next(one.partition("=")[2] for one in options if one.startswith(f"-c {name}="))


@pytest.mark.parametrize(
    ("memory", "buffers"), [(GIGABYTE // 2, "128MB"), (8 * GIGABYTE, "1024MB"), (512 * GIGABYTE, "4096MB")]
)
def test_shared_buffers_follow_the_memory_within_bounds(monkeypatch, memory, buffers):
    monkeypatch.setattr(tuning, "memory", lambda: memory)
    assert told(tuning.options(), "shared_buffers") == buffers


@pytest.mark.parametrize(
    ("written", "taken"), [("1073741824\n", GIGABYTE), ("max\n", None), (f"{2**62}\n", None)]
)
def test_a_container_may_have_less_than_the_machine(tmp_path, monkeypatch, written, taken):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(tuning, "CGROUP", limit)
    whole = tuning.memory()
    limit.write_text(written)
    assert tuning.memory() == (taken or whole)
