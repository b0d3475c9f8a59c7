"""The cache of one process: the value itself, until its end."""

import threading
import time

import pytest
from django.core.cache import caches
from django.db import transaction

from huiyin.kernel import memory


def test_it_gives_the_value_itself_until_its_end():
    cache, value = caches["local"], {"a": 1}
    assert isinstance(cache, memory.Memory)
    cache.set("name", value, 0.05)
    assert cache.get("name") is value
    assert not cache.add("name", 2)
    time.sleep(0.06)
    assert cache.get("name", "gone") == "gone"
    assert cache.add("name", 2)
    assert cache.delete("name")
    assert not cache.delete("name")
    cache.set("forever", 1, None)
    assert cache.get("forever") == 1
    cache.clear()
    assert cache.get("forever") is None


def test_all_threads_see_the_same_and_it_never_grows_beyond_its_bound():
    cache = memory.Memory("bounded", {})

    def fill(start):
        for number in range(start, start + 2_000):
            cache.set(str(number), number, 60)

    threads = [threading.Thread(target=fill, args=(n * 2_000,)) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(cache._held) <= memory.MOST
    newest = [number for number in range(8_000) if cache.get(str(number)) is not None]
    assert len(newest) == memory.MOST


def test_a_thread_finds_what_another_one_kept_and_misses_what_it_forgot():
    caches["local"].set("name", "kept", 60)
    found = []

    def read():
        found.append(caches["local"].get("name"))
        caches["local"].clear()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert found == ["kept"]
    assert caches["local"].get("name") is None


def test_of_many_who_add_one_is_told_that_it_was_kept():
    kept = []
    threads = [
        threading.Thread(target=lambda: kept.append(caches["local"].add("race", 1, 60))) for _n in range(16)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert kept.count(True) == 1


def test_what_must_not_stay_goes_by_itself_and_is_not_kept_where_nothing_could_take_it_away(monkeypatch):
    store, name = caches["local"]._held, caches["local"].make_key("secret")
    memory.keep_no_longer("secret", "x", 0.05)
    assert caches["local"].get("secret") == "x"
    time.sleep(0.2)
    assert name not in store

    def no_more_threads(_timer):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Timer, "start", no_more_threads)
    memory.keep_no_longer("secret", "x", 60)
    assert name not in store


@pytest.mark.django_db(transaction=True)
def test_what_others_read_before_the_commit_is_read_anew_after_it():
    cache = caches["local"]
    cache.set("rules", "old", 60)
    with transaction.atomic():
        memory.forget("rules")
        assert cache.get("rules") is None
        cache.set("rules", "read by another thread meanwhile", 60)
    assert cache.get("rules") is None


def test_ahead_what_is_past_half_of_its_time_is_found_by_others_only():
    cache, seen = caches["local"], []
    cache.set("name", "old", 0.4)
    with memory.ahead():
        assert cache.get("name") == "old"
        time.sleep(0.25)
        assert cache.get("name") is None
        other = threading.Thread(target=lambda: seen.append(cache.get("name")))
        other.start()
        other.join()
        cache.set("name", "new")
    assert seen == ["old"]
    assert cache.get("name") == "new"


def test_ahead_nothing_is_kept_that_was_read_before_somebody_forgot():
    cache = caches["local"]
    cache.set("name", "old")
    with memory.ahead():
        read_before = "old"
        cache.delete("name")  # as an operation does once its change is stored
        cache.set("name", read_before)
        assert cache.get("name") is None
    with memory.ahead():
        cache.set("name", "new")
    assert cache.get("name") == "new"
