"""The command opinion_map: good files, bad files, and never a crash."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.engines.opinion import conversations

HEADER = "timestamp,datetime,comment-id,voter-id,vote\n"


class Desk:
    """A folder with a votes file, and what the command made of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, votes: str | bytes, comments: str | bytes | None = None, **options: int) -> dict:
        (self.folder / "votes.csv").write_bytes(votes if isinstance(votes, bytes) else votes.encode())
        if comments is not None:
            options["comments"] = self.folder / "comments.csv"
            options["comments"].write_bytes(comments if isinstance(comments, bytes) else comments.encode())
        call_command(
            "opinion_map",
            self.folder / "votes.csv",
            out=self.folder / "groups.csv",
            statements=self.folder / "out.json",
            **options,
        )
        return json.loads((self.folder / "out.json").read_text(encoding="utf-8"))

    def rows(self) -> list[dict[str, str]]:
        with (self.folder / "groups.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def _csv(rows: list[tuple[int, int, int, int]]) -> str:
    return HEADER + "".join(
        f"{time},,{statement},{person},{vote}\n" for person, statement, vote, time in rows
    )


def test_groups_and_statements_are_written(desk: Desk) -> None:
    report = desk.run(_csv(conversations.planted(1)))
    rows = desk.rows()
    assert (desk.folder / "groups.csv").read_text().startswith("voter-id,group,x,y\n")
    assert [row["voter-id"] for row in rows] == [str(i) for i in range(60)]
    assert len({row["group"] for row in rows}) == 3
    by_planted = {(int(row["voter-id"]) % 3, row["group"]) for row in rows}
    assert len(by_planted) == 3
    assert {"representative", "consensus", "priorities", "silhouettes", "timings"} <= set(report)
    assert all(report["representative"][str(group["group"])] for group in report["groups"])


def test_two_runs_write_the_same(desk: Desk) -> None:
    votes = _csv(conversations.planted(2))
    first, groups = desk.run(votes), desk.rows()
    second = desk.run(votes)
    first.pop("timings")
    second.pop("timings")
    assert (first, groups) == (second, desk.rows())


def test_groups_can_be_asked_for(desk: Desk) -> None:
    report = desk.run(_csv(conversations.planted(3)), groups=2)
    assert len(report["groups"]) == 2
    assert list(report["silhouettes"]) == ["2"]
    assert len(desk.run(_csv(conversations.planted(3)), groups=1)["groups"]) == 1
    with pytest.raises(CommandError, match="cannot be split into 40 groups"):
        desk.run(_csv(conversations.planted(3)), groups=40)
    with pytest.raises(CommandError, match="--groups"):
        desk.run(_csv(conversations.planted(3)), groups=0)


def test_columns_in_another_order_with_bom_other_case_and_windows_lines(desk: Desk) -> None:
    rows = conversations.planted(4)
    plain = desk.run(_csv(rows))
    other = "\ufeffVOTE,Voter_ID,extra,comment id,Timestamp\r\n" + "".join(
        f'{vote},{person},"a, b",{statement},{time}\r\n' for person, statement, vote, time in rows
    )
    again = desk.run(other)
    plain.pop("timings")
    again.pop("timings")
    assert plain == again


def test_without_timestamps_the_last_row_counts(desk: Desk) -> None:
    report = desk.run("voter-id,comment-id,vote\n1,1,1\n1,1,-1\n2,1,1\n")
    assert report["statements"][0]["agrees"] == 1
    assert report["statements"][0]["disagrees"] == 1
    assert report["votes"] == {"received": 3, "counted": 2}


def test_ids_may_be_text_and_keep_their_zeros(desk: Desk) -> None:
    desk.run('voter-id,comment-id,vote\n007,1,1\n7,1,-1\n"Wang, Li",1,1\n')
    assert [row["voter-id"] for row in desk.rows()] == ["007", "7", "Wang, Li"]


def test_ids_that_turn_to_text_late_in_a_large_file(desk: Desk) -> None:
    many = "".join(f"{i % 997},{i % 31},1\n" for i in range(300_000))
    report = desk.run("voter-id,comment-id,vote\n" + many + "王,0,-1\n")
    assert report["participants"] == 998
    assert desk.rows()[-1]["voter-id"] == "王"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b\n1,2\n", "no column comment-id, voter-id, vote"),
        ("voter-id;comment-id;vote\n1;1;1\n", "no column"),
        ("voter-id,comment-id,vote\n1,1,1\n1,2,2\n", "row 2: vote 2 is none of"),
        ("voter-id,comment-id,vote\n1,1,yes\n", "cannot be read"),
        ("voter-id,comment-id,vote\n1,1,\n", "row 1: vote is empty"),
        ("voter-id,comment-id,vote\n,1,1\n", "row 1: voter-id is empty"),
        ("voter-id,comment-id,vote\n1,,1\n", "row 1: comment-id is empty"),
        ("voter-id,comment-id,vote\n1,1,300\n", "cannot be read"),
        ("voter-id,comment-id,vote,Vote\n1,1,1,0\n", "more than one column vote"),
        ("voter-id,comment-id,vote\n1,1,0.5\n", "column vote holds “0.5”"),
        ("voter-id,comment-id,vote\n1,1\n", "cannot be read"),
        ("voter-id,comment-id,vote,timestamp\n1,1,1,today\n", "cannot be read"),
        ("voter-id,comment-id,vote,timestamp\n1,1,1,\n", "row 1: timestamp is empty"),
        ("投票,评论\n1,1\n".encode("gb18030"), "not UTF-8"),
        ("voter-id,comment-id,vote\n1,1,1\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_unusable_votes_are_refused_in_plain_words(desk: Desk, content: str | bytes, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        desk.run(content)
    assert not (desk.folder / "groups.csv").exists()


def test_a_missing_file_is_named(desk: Desk) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command(
            "opinion_map", "nowhere.csv", out=desk.folder / "g.csv", statements=desk.folder / "o.json"
        )


def test_comments_without_ids_are_refused(desk: Desk) -> None:
    with pytest.raises(CommandError, match="no column comment-id"):
        desk.run(_csv(conversations.planted(1)), comments="text\nhello\n")


def test_comments_bring_text_moderation_meta_and_unvoted_statements(desk: Desk) -> None:
    comments = '\ufeffcomment-body,moderated,is_meta,comment-id\n"多行\n文字",1,false,0\nout,-1,false,1\nwho,1,true,2\nnew,1,,99\n'
    comments += "".join(f"s,1,,{i}\n" for i in range(3, 24))
    report = desk.run(_csv(conversations.planted(5)), comments=comments)
    entries = {entry["statement"]: entry for entry in report["statements"]}
    assert entries["0"]["text"] == "多行\n文字"
    assert not entries["1"]["listed"]
    assert entries["1"]["extremity"] == 0
    assert report["method"]["moderated_out"] == report["method"]["meta"] == 1
    assert "1" not in report["priorities"]
    assert report["priorities"]["2"] == 49
    assert report["priorities"]["99"] == pytest.approx((0.25 * 9) ** 2)
    named = {e["statement"] for entries in report["representative"].values() for e in entries}
    assert not named & {"1", "2"}


def test_votes_on_unknown_statements_are_left_out_and_counted(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = conversations.planted(6)
    comments = "comment-id\n" + "".join(f"{i}\n" for i in range(24))
    plain = desk.run(_csv(rows), comments=comments)
    report = desk.run(_csv([*rows, (900, 77, 1, 5), (1, 77, -1, 6)]), comments=comments)
    assert "2 votes on statements" in report["warnings"][0]
    assert "2 votes on statements" in capsys.readouterr().err
    assert report["participants"] == plain["participants"]
    assert report["groups"] == plain["groups"]


def test_only_a_header_gives_an_empty_map_and_a_warning(desk: Desk) -> None:
    report = desk.run(HEADER)
    assert desk.rows() == []
    assert report["groups"] == []
    assert "no votes" in report["warnings"][0]


def test_one_participant(desk: Desk) -> None:
    report = desk.run(_csv([(1, j, 1, j) for j in range(9)]))
    assert [row["group"] for row in desk.rows()] == ["0"]
    assert report["representative"] == {"0": []}


def test_one_statement(desk: Desk) -> None:
    report = desk.run(_csv([(i, 0, (-1, 1)[i % 2], i) for i in range(40)]))
    assert [group["participants"] for group in report["groups"]] == [20, 20]
    assert {row["y"] for row in desk.rows()} == {"0"}


def test_everyone_agrees_on_everything(desk: Desk) -> None:
    report = desk.run(_csv([(i, j, 1, i) for i in range(40) for j in range(10)]))
    assert {(row["group"], row["x"], row["y"]) for row in desk.rows()} == {("0", "0", "0")}
    assert len(report["consensus"]["agree"]) == 5
    assert report["silhouettes"] == {}


def test_everyone_passes(desk: Desk) -> None:
    report = desk.run(_csv([(i, j, 0, i) for i in range(40) for j in range(10)]))
    assert len(report["groups"]) == 1
    assert report["consensus"] == {"agree": [], "disagree": []}


def test_all_statements_moderated_out(desk: Desk) -> None:
    comments = "comment-id,moderated\n" + "".join(f"{i},-1\n" for i in range(24))
    report = desk.run(_csv(conversations.planted(7)), comments=comments)
    assert len(report["groups"]) == 1
    assert report["priorities"] == {}
