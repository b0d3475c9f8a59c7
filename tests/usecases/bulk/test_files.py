"""Whole files: real ones, two at once, killed in the middle, in processes of their own."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from huiyin.audit.models import Leaf
from huiyin.cases.models import Case, Event, Reply
from huiyin.cases.operations import word_indexes
from huiyin.cases.queries import indexing
from huiyin.catalogue.models import Service
from huiyin.organisations.models import Unit
from huiyin.people.models import Contact
from huiyin.usecases.bulk import importing
from tests.factories import database
from tests.usecases.bulk.conftest import refused

REAL = [
    # file, rows read, accepted, refused, closed, replies, contacts
    ("zh_fuzhou_12345/requests.dev.csv", 995, 995, 0, 995, 995, 0),
    ("zh_taidi_replies/replies.dev.csv", 1657, 1657, 0, 1657, 1657, 1657),
    ("zh_taidi_labelled/labelled.dev.csv", 2238, 2237, 0, 0, 0, 829),
    ("zh_taidi_unlabelled/test2801.csv", 2801, 2801, 0, 0, 0, 2801),
    ("de_konstanz_issues/issues.dev.csv", 2315, 2315, 0, 0, 0, 0),
    ("de_karlsruhe_feedback/feedback_2017_2018.dev.csv", 23803, 23802, 0, 20380, 0, 0),
    ("en_nyc_council_casework/casework.dev.csv", 41614, 41575, 39, 41512, 0, 0),
]


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("expected", REAL, ids=[row[0] for row in REAL])
def test_real_files(shared_data, tmp_path, expected):
    name, read, accepted, bad, closed, replies, contacts = expected
    errors = tmp_path / "errors.csv"
    options = importing.Options(workers=0, creates_units=True, creates_services=True)
    figures = importing.run(shared_data / name, options=options, actor="system", errors=errors)
    # What is neither accepted nor refused is a second row with an id that the file has already used.
    assert figures == importing.Figures(read, accepted, bad, read - accepted - bad)
    assert errors.exists() == bool(bad)
    assert Case.objects.filter(state="closed").count() == closed
    assert Reply.objects.count() == replies
    assert Contact.objects.count() == contacts
    assert Leaf.objects.count() == Case.objects.values("number").distinct().count() == accepted
    assert not Case.objects.filter(state="closed", due_at__isnull=False).exists()
    assert Event.objects.values("case").distinct().count() == accepted
    if "konstanz" in name:
        assert Case.objects.filter(lat__isnull=False).count() == 2121
        assert Unit.objects.count() == 15
    if "nyc" in name:
        assert Service.objects.count() == 31


@pytest.mark.django_db
def test_the_command_prints_its_figures_last(table, capsys):
    path = table(["编号", "内容"], ["1", "甲"], ["2", ""], name="信箱.csv", encoding="gb18030")
    call_command("import_cases", path, "--workers", "0")
    out, err = capsys.readouterr()
    assert json.loads(out.splitlines()[-1]) == {"read": 2, "accepted": 1, "refused": 1, "unchanged": 0}
    assert "gb18030" in err
    assert "内容 -> text" in err
    assert Case.objects.get().source == "信箱"
    assert refused(path)[0]["row"] == "3"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments", [["--map", "nowhere"], ["--as-user", "nobody"], ["--time-zone", "Mars"]]
)
def test_the_command_refuses_in_words(table, arguments):
    with pytest.raises(CommandError, match=r"(preset|user|time zone)"):
        call_command("import_cases", table(["id", "text"], ["1", "x"]), *arguments)


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"id,text\n1,\xff\xff\n"])
def test_what_is_no_table_is_said_and_changes_nothing(tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=r"(empty|something else|UTF-8)"):
        call_command("import_cases", path)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_cases", tmp_path / "missing.csv")


@pytest.mark.django_db
def test_a_cell_of_a_million_characters_is_refused_and_the_rest_goes_in(table, load):
    path = table(["id", "text", "note"], ["1", "长" * 1_000_000, ""], ["2", "x", "y" * 1_000_000])
    assert load(path) == importing.Figures(2, 1, 1, 0)
    assert len(Case.objects.get().extra["note"]) == 1_000_000


def big(path, count):
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["编号", "内容", "来信时间", "回复内容", "姓名", "受理单位", "问题分类"])
        for n in range(count):
            row = [
                f"K{n}",
                f"第{n}件：路灯坏了，晚上看不见。",
                "2019-11-11",
                "已修好",
                f"人{n}",
                f"单位{n % 7}",
                f"类{n % 5}",
            ]
            writer.writerow(row)
    return path


def command(path, *arguments):
    """The command as somebody would run it, on the tests' database."""
    environment = os.environ | {"DATABASE_URL": database.url()}
    return subprocess.Popen(
        [sys.executable, "-m", "huiyin.config.main", "import_cases", str(path), "--create-units", "--create-services",
         *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def check_whole(count):
    assert Case.objects.count() == Case.objects.values("external_id").distinct().count() == count
    assert Reply.objects.count() == Leaf.objects.count() == Contact.objects.count() == count
    assert Event.objects.count() == 3 * count
    assert not Case.objects.filter(contact=None).exists()
    assert (Unit.objects.count(), Service.objects.count()) == (7, 5)
    assert set(Case.objects.values_list("leaf_hash", flat=True)) == {
        bytes(value).hex() for value in Leaf.objects.values_list("leaf_hash", flat=True)
    }


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_run_again(tmp_path, load):
    path = big(tmp_path / "big.csv", 30_000)
    run = command(path, "--workers", "2")
    until = time.monotonic() + 120
    while not Case.objects.exists() and time.monotonic() < until:
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    time.sleep(1)
    stored = Case.objects.count()
    assert 0 < stored < 30_000, "the kill came too late or too early to prove anything"
    assert stored == Reply.objects.count() == Leaf.objects.count() == Contact.objects.count()
    figures = load(path, creates_units=True, creates_services=True)
    assert figures.accepted + figures.unchanged == 30_000
    check_whole(30_000)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once(tmp_path):
    path = big(tmp_path / "big.csv", 6_000)
    # Under one source they wait for each other; under the same ids in one batch size they would meet.
    runs = [command(path, "--workers", "2"), command(path, "--workers", "0")]
    ends = [run.communicate(timeout=240) for run in runs]
    figures = [json.loads(out.splitlines()[-1]) for out, _err in ends]
    assert sum(f["accepted"] for f in figures) == sum(f["unchanged"] for f in figures) == 6_000
    check_whole(6_000)
    assert settings.HUIYIN_TESTING


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("least", "options", "left_out"),
    [(0, {}, ["case_words", "case_open_words"]), (0, {"is_rehearsal": True}, []), (10_000, {}, [])],
    ids=["large", "tried only", "small"],
)
def test_a_large_first_file_is_indexed_at_its_end(table, monkeypatch, least, options, left_out):
    monkeypatch.setattr(word_indexes, "SORTED_IN_PARALLEL", 0)
    monkeypatch.setattr(importing, "WORTH_BUILDING_BYTES", least)
    path, seen = table(["编号", "内容"], ["1", "路灯坏了"]), []
    importing.run(
        path,
        options=importing.Options(workers=0, **options),
        actor="system",
        progress=lambda *_figures: seen.append(indexing.left_out()),
    )
    assert seen == [left_out]
    assert indexing.left_out() == []
