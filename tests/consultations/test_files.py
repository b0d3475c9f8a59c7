"""Export and import: another person recomputes every number from the files; bad files get a clear message."""

import csv
import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from huiyin.consultations.enums import Results, Standing, State
from huiyin.consultations.models import Consultation, Vote
from huiyin.consultations.operations import answers, importing, moderation, phases, planning, taking_part
from huiyin.consultations.queries import exports, lists, maps
from huiyin.kernel.errors import Denied, Invalid
from tests import staff
from tests.factories import consulting

pytestmark = pytest.mark.django_db
MANY = tuple(f"第{number}条建议，有逗号, 有“引号”。" for number in range(12))
HEADER = "timestamp,datetime,comment-id,voter-id,vote\n"
COMMENTS = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"


def lively(**given) -> Consultation:
    row = consulting.opened(seeds=MANY, **given)
    consulting.planted(row, people=40)
    planning.add_seeds(row.pk, texts=["我住在湖边。"], language="zh-hans", actor="system", is_meta=True)
    about = row.statements.get(is_meta=True)
    for number in range(40):
        taking_part.vote(row.pk, statement_id=about.pk, value=1, proof=consulting.somebody(f"camp-{number}"))
    taking_part.vote(row.pk, statement_id=about.pk, value=-1, proof=consulting.somebody("camp-1"))
    moderation.remove(row.statements.get(number=5).pk, reason="off_topic", actor="system")
    return row


def unpacked(row, folder):
    with exports.archive(row) as packed, zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    return folder


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_another_person_recomputes_every_number_from_the_files(tmp_path):
    row = consulting.closed(lively())
    folder = unpacked(row, tmp_path)
    call_command(
        "opinion_map",
        folder / "votes.csv",
        comments=folder / "comments.csv",
        out=folder / "groups.csv",
        statements=folder / "again.json",
        seed=row.seed,
        stdout=io.StringIO(),
    )
    again = json.loads((folder / "again.json").read_text())
    written = json.loads((folder / "results.json").read_text())["results"]
    for name in ("groups", "representative", "consensus", "silhouettes", "explained", "votes", "method"):
        assert again[name] == written[name], name
    assert again["statements"] == [one | {"text": one["text"]} for one in written["statements"]]
    stored = maps.result_of(row)
    assert stored["groups"] == again["groups"]
    assert stored["consensus"] == again["consensus"]
    groups = {one["voter-id"]: one["group"] for one in table(folder / "groups.csv")}
    assert groups == {one["participant"]: one["group-id"] for one in table(folder / "participants-votes.csv")}


def test_the_files_have_the_layout_of_polis_and_agree_with_each_other(tmp_path):
    row = consulting.closed(lively())
    folder = unpacked(row, tmp_path)
    votes, comments = table(folder / "votes.csv"), table(folder / "comments.csv")
    assert list(votes[0]) == HEADER.strip().split(",")
    assert list(comments[0])[:8] == COMMENTS.strip().split(",")
    assert {one["comment-id"]: one["moderated"] for one in comments}["5"] == "-1"
    for one in comments:
        mine = [vote["vote"] for vote in votes if vote["comment-id"] == one["comment-id"]]
        assert [mine.count("1"), mine.count("-1")] == [int(one["agrees"]), int(one["disagrees"])]
    people = table(folder / "participants-votes.csv")
    assert sum(int(one["n-votes"]) for one in people) == len(votes)
    assert sorted(int(one["participant"]) for one in people) == list(range(40))
    said = dict(csv.reader((folder / "summary.csv").read_text(encoding="utf-8").splitlines()))
    assert said["voters"] == "40"
    assert said["groups"] == "2"


def test_no_file_tells_who_or_when_exactly(tmp_path):
    row = consulting.closed(lively())
    folder = unpacked(row, tmp_path)
    assert all(int(one["timestamp"]) % 3_600_000 == 0 for one in table(folder / "votes.csv"))
    assert {one["author-id"] for one in table(folder / "comments.csv")} == {""}
    texts = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    for pseudonym in row.participants.values_list("pseudonym", flat=True):
        assert pseudonym not in texts
    order = list(row.participants.order_by("pk").values_list("pseudonym", flat=True))
    assert order != sorted(order)


def test_the_note_says_everything_that_the_results_depend_on(tmp_path):
    row = consulting.closed(lively())
    folder = unpacked(row, tmp_path)
    note = (folder / "method.txt").read_text()
    for words in ("web 40", f"--seed {row.seed}", "off_topic 1", "no random sample", "Participants: 40"):
        assert words in note
    facts = json.loads((folder / "results.json").read_text())["method"]
    assert facts["participants_by_channel"] == {"web": 40}
    assert facts["statements"]["removed"] == {"off_topic": 1}


def test_results_csv_tells_the_answer_once_it_is_public(tmp_path):
    row = consulting.closed(lively())
    ids = list(row.statements.filter(standing=Standing.PUBLISHED, is_meta=False).values_list("pk", flat=True))
    verdict = answers.Verdict(decision="partly", reasons={"en": "Half of it."}, unit=staff.a_unit())
    answers.decide(row.pk, statement_ids=ids, verdict=verdict, actor="system")
    assert {one["decision"] for one in table(unpacked(row, tmp_path / "a") / "results.csv")} == {""}
    answers.conclude(row.pk, conclusions={"en": "Thanks."}, actor="system")
    phases.answer(row.pk, actor="system")
    row = Consultation.objects.get(pk=row.pk)
    found = table(unpacked(row, tmp_path / "b") / "results.csv")
    assert {(one["decision"], one["reason"]) for one in found} == {("partly", "Half of it."), ("", "")}
    assert len(found) == 12


def test_hidden_results_leave_by_no_file_and_no_command(tmp_path):
    row = lively(results=Results.AFTER_CLOSE)
    with pytest.raises(Denied):
        exports.archive(row)
    with pytest.raises(CommandError, match="hidden"):
        call_command("export_consultation", row.code, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()
    with pytest.raises(CommandError, match="no consultation"):
        call_command("export_consultation", "nothing", tmp_path / "x.zip")


def test_what_was_exported_can_be_imported_and_gives_the_same_map(tmp_path):
    row = consulting.closed(lively())
    folder = unpacked(row, tmp_path)
    out = io.StringIO()
    call_command("import_consultation", folder, "again", unit=staff.a_unit().code, stdout=out)
    assert "13 statements, 40 participants" in out.getvalue()
    again = lists.by_code("again")
    assert again.state == State.CLOSED
    one, two = maps.map_of(row), maps.map_of(again)
    assert sorted(group.size for group in one.groups) == sorted(group.size for group in two.groups)
    assert [line.all for line in one.lines] == [line.all for line in two.lines]
    assert again.questions == {"zh-hans": row.questions["en"]} or again.questions == {
        "zh-hans": "湖边公园怎么改？"
    }


def brought(folder, votes: str | bytes | None, comments: str | bytes | None = None, **files):
    for name, content in {"votes.csv": votes, "comments.csv": comments, **files}.items():
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return importing.bring_closed(folder, code="in", unit=staff.a_unit(), language="zh-hans", actor="system")


ONE = COMMENTS + "1,x,0,0,0,0,0,一句话\n2,x,1,0,0,0,1,两句话\n"


def test_another_order_of_columns_and_a_bom_are_read(tmp_path):
    votes = "\ufeffvote,voter-id,comment-id,timestamp\n1,a,0,1600000000000\n-1,b,0,1600000001000\n0,b,1,1600000002000\n"
    comments = "\ufeffcomment-body,comment-id,moderated\n一句话,0,0\n两句话,1,-1\n"
    done = brought(tmp_path, votes, comments)
    assert (done.statements, done.participants, done.votes) == (2, 2, 3)
    assert done.consultation.opened_at.year == 2020
    assert done.consultation.statements.get(number=1).removal_reason == "elsewhere"


def test_votes_for_unknown_statements_are_left_out_and_counted(tmp_path):
    done = brought(tmp_path, HEADER + "1,x,0,1,1\n1,x,77,1,1\n1,x,77,2,1\n", ONE)
    assert (done.participants, done.votes) == (1, 1)
    assert "2 votes" in done.warnings[0]


@pytest.mark.parametrize(
    ("votes", "comments", "says"),
    [
        (HEADER + "1,x,0,1,2\n", ONE, "vote 2"),
        (HEADER + "1,x,0,1,yes\n", ONE, "whole number"),
        ("a,b\n1,2\n", ONE, "no column"),
        (HEADER, "", "no column comment-id"),
        (HEADER, COMMENTS, "no statement"),
        (None, ONE, "neither"),
        (HEADER, None, "no comments.csv"),
        ("\ufeff".encode("utf-16"), ONE, "UTF-16"),
    ],
)
def test_bad_files_get_a_clear_message_and_leave_nothing(votes, comments, says, tmp_path):
    with pytest.raises(Invalid, match=says):
        brought(tmp_path, votes, comments)
    assert not Consultation.objects.exists()
    assert not Vote.objects.exists()


@pytest.mark.parametrize("rows", ["", "1,x,0,1,1\n", "1,x,0,1,1\n1,x,0,2,1\n1,x,1,1,1\n"])
def test_almost_nothing_gives_a_sensible_map(rows, tmp_path):
    done = brought(tmp_path, HEADER + rows, ONE)
    picture = maps.map_of(done.consultation)
    assert picture.participants == done.participants
    assert picture.points == []


def test_a_matrix_stands_in_for_missing_votes(tmp_path):
    matrix = "participant,group-id,n-votes,0,1\n3,,2,1,-1\n5,,1,,0\n"
    done = brought(tmp_path, None, ONE, **{"participants-votes.csv": matrix})
    assert (done.participants, done.votes) == (2, 3)
    (tmp_path / "participants-votes.csv").write_text("participant,0\n1,2\n")
    with pytest.raises(Invalid, match="none of 1"):
        importing.bring_closed(tmp_path, code="x", unit=staff.a_unit(), language="zh-hans", actor="system")


def test_statements_alone_begin_a_draft(tmp_path):
    (tmp_path / "comments.csv").write_text(COMMENTS + "1,x,0,0,0,0,0,一句话\n2,x,1,0,0,0,-1,不展示\n")
    call_command(
        "import_consultation",
        tmp_path,
        "draft",
        unit=staff.a_unit().code,
        statements_only=True,
        stdout=io.StringIO(),
    )
    row = lists.by_code("draft")
    assert row.state == State.DRAFT
    assert [one.text for one in row.statements.all()] == ["一句话"]


@pytest.mark.parametrize("name", ["vtaiwan.uberx", "american-assembly.bowling-green"])
def test_real_conversations_come_in_and_go_out(name, shared_data, tmp_path):
    done = importing.bring_closed(
        shared_data / "polis/dev" / name, code="real", unit=staff.a_unit(), language="zh-hant", actor="system"
    )
    assert done.votes > 40_000
    found = exports.read(done.consultation)
    with (shared_data / "polis/dev" / name / "participants-votes.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        published = sum(int(line["n-votes"]) for line in csv.DictReader(file))
    assert abs(len(found.columns.value) - published) <= 0.02 * published
