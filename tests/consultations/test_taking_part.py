"""Votes and statements: what counts, what is refused, and that nobody can be found behind them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from huiyin.consultations import codes, pseudonyms
from huiyin.consultations.enums import Audience, Moderation, Standing, Via
from huiyin.consultations.models import Code, Follower, Participant, Statement, Vote
from huiyin.consultations.operations import (
    admission,
    following,
    invitations,
    moderation,
    phases,
    sheets,
    taking_part,
)
from huiyin.consultations.operations.taking_part import Cast
from huiyin.consultations.queries import lists, statements, turns
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing, TooMany
from tests import staff
from tests.factories import consulting

pytestmark = pytest.mark.django_db
ME, YOU = consulting.somebody("me"), consulting.somebody("you")


def first(row) -> Statement:
    return row.statements.order_by("number").first()


def test_the_last_vote_counts_and_earlier_ones_stay_written_down():
    row = consulting.opened()
    one = first(row)
    for value in (1, -1, 0):
        taking_part.vote(row.pk, statement_id=one.pk, value=value, proof=ME)
    assert statements.votes_of(row, ME) == {0: 0}
    assert list(Vote.objects.order_by("pk").values_list("value", flat=True)) == [1, -1, 0]
    assert Participant.objects.count() == 1


def test_votes_cannot_be_changed_or_deleted_even_in_the_database():
    row = consulting.opened()
    taking_part.vote(row.pk, statement_id=first(row).pk, value=1, proof=ME)
    for act in (lambda: Vote.objects.update(value=-1), lambda: Vote.objects.all().delete()):
        with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
            act()


@pytest.mark.parametrize("value", [2, -2, 7])
def test_a_vote_of_two_is_refused(value):
    row = consulting.opened()
    with pytest.raises(Invalid):
        taking_part.vote(row.pk, statement_id=first(row).pk, value=value, proof=ME)
    with pytest.raises(DatabaseError), transaction.atomic():
        Vote.objects.create(
            consultation=row,
            statement=first(row),
            value=value,
            participant=Participant.objects.create(consultation=row, pseudonym="x"),
        )


def test_votes_for_unknown_hidden_or_foreign_statements_are_refused():
    row, other = consulting.opened(), consulting.opened()
    hidden = first(row)
    moderation.remove(hidden.pk, reason="off_topic", actor="system")
    for pk in (10**9, hidden.pk, first(other).pk):
        with pytest.raises(Missing):
            taking_part.vote(row.pk, statement_id=pk, value=1, proof=ME)
    assert not Vote.objects.exists()


def test_a_vote_can_be_taken_back_and_given_again():
    row = consulting.opened()
    ids = list(row.statements.order_by("number").values_list("pk", flat=True))
    for pk in ids[:2]:
        taking_part.vote(row.pk, statement_id=pk, value=1, proof=ME)
    assert taking_part.undo(row.pk, proof=ME).statement_id == ids[1]
    assert statements.votes_of(row, ME) == {0: 1}
    assert taking_part.undo(row.pk, proof=ME, statement_id=ids[0]).statement_id == ids[0]
    with pytest.raises(Conflict):
        taking_part.undo(row.pk, proof=ME)
    taking_part.vote(row.pk, statement_id=ids[1], value=-1, proof=ME)
    assert statements.votes_of(row, ME) == {1: -1}


def test_two_first_votes_of_one_person_at_once_make_one_participant(transactional_db):
    row = consulting.opened()
    ids = list(row.statements.order_by("number").values_list("pk", flat=True))

    def cast(pk: int) -> None:
        try:
            taking_part.vote(row.pk, statement_id=pk, value=1, proof=ME)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(cast, ids))
    assert Participant.objects.filter(consultation=row).count() == 1
    assert statements.votes_of(row, ME) == {0: 1, 1: 1, 2: 1}


def until_somebody_waits() -> None:
    """Return once another connection waits for this transaction."""
    # Not by pg_stat_activity, which shows one picture throughout a transaction.
    waiting = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    for _try in range(500):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def voting_beside(row) -> Cast | Conflict:
    """Vote over a connection of one's own."""
    try:
        return taking_part.vote(row.pk, statement_id=first(row).pk, value=1, proof=ME)
    except Conflict as refused:
        return refused
    finally:
        connection.close()


def test_a_first_vote_finds_the_participant_that_another_one_makes_in_that_moment(transactional_db):
    row = consulting.opened()
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            pseudonym = pseudonyms.voter(row.secret, ME)
            Participant.objects.create(consultation=row, pseudonym=pseudonym, via=Via.WEB)
            voting = threads.submit(voting_beside, row)
            until_somebody_waits()
        assert isinstance(voting.result(10), Cast)
    assert Participant.objects.filter(consultation=row).count() == 1
    assert statements.votes_of(row, ME) == {0: 1}


def test_a_vote_that_meets_the_closing_waits_for_it_and_is_refused(transactional_db):
    row = consulting.opened()
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            phases.close_early(row.pk, reasons={"en": "All is said."}, actor="system")
            voting = threads.submit(voting_beside, row)
            until_somebody_waits()
        assert isinstance(voting.result(10), Conflict)
    assert not Vote.objects.filter(consultation=row).exists()


def test_a_vote_says_where_its_giver_stands_as_a_fresh_look_does():
    row = consulting.opened()
    one, two, three = row.statements.order_by("number").values_list("pk", flat=True)

    def stands(cast: Cast) -> None:
        fresh = turns.next_statement(row, ME)
        told = turns.following(row, cast.position)
        assert (told.progress, told.statement is None) == (fresh.progress, fresh.statement is None)
        assert set(cast.position.left[:, 1].tolist()) == {one, two, three} - set(
            row.statements.filter(number__in=statements.votes_of(row, ME)).values_list("pk", flat=True)
        )

    stands(taking_part.vote(row.pk, statement_id=one, value=1, proof=ME))
    stands(taking_part.vote(row.pk, statement_id=two, value=0, proof=ME))
    stands(taking_part.vote(row.pk, statement_id=one, value=-1, proof=ME))
    stands(taking_part.undo(row.pk, proof=ME))
    stands(taking_part.vote(row.pk, statement_id=three, value=1, proof=ME))
    stands(taking_part.undo(row.pk, proof=ME, statement_id=two))
    stands(taking_part.vote(row.pk, statement_id=two, value=1, proof=ME))
    stands(taking_part.vote(row.pk, statement_id=one, value=1, proof=ME))


def test_a_vote_on_a_statement_that_was_removed_since_can_be_taken_back():
    row = consulting.opened()
    one = first(row)
    taking_part.vote(row.pk, statement_id=one.pk, value=1, proof=ME)
    moderation.remove(one.pk, reason="off_topic", actor="system")
    assert taking_part.undo(row.pk, proof=ME).statement_id == one.pk
    assert statements.votes_of(row, ME) == {}


def test_drafts_are_unknown_and_closed_ones_take_nothing():
    row = consulting.consultation()
    with pytest.raises(Missing):
        taking_part.vote(row.pk, statement_id=first(row).pk, value=1, proof=ME)
    row = consulting.closed(consulting.opened())
    for act in (
        lambda: taking_part.vote(row.pk, statement_id=first(row).pk, value=1, proof=ME),
        lambda: taking_part.undo(row.pk, proof=ME),
        lambda: taking_part.write_statement(row.pk, text="晚了。", language="zh-hans", proof=ME),
    ):
        with pytest.raises(Conflict, match="closed"):
            act()


def test_after_closing_nobody_finds_their_votes_again():
    row = consulting.opened()
    taking_part.vote(row.pk, statement_id=first(row).pk, value=1, proof=ME)
    assert statements.my_votes(row, ME)[0][1] == 1
    row = consulting.closed(row)
    assert statements.votes_of(row, ME) == {}
    assert statements.my_votes(row, ME) == []
    assert statements.my_statements(row, ME) == []


def test_one_person_in_two_consultations_has_two_pseudonyms():
    for row in (consulting.opened(), consulting.opened()):
        taking_part.vote(row.pk, statement_id=first(row).pk, value=1, proof=ME)
    assert len(set(Participant.objects.values_list("pseudonym", flat=True))) == 2


def test_the_next_statement_is_never_own_voted_or_hidden_until_none_is_left():
    row = consulting.opened(votes_before_writing=0, moderation=Moderation.AFTER)
    mine = taking_part.write_statement(row.pk, text="多放长椅。", language="zh-hans", proof=ME)
    moderation.remove(first(row).pk, reason="duplicate", actor="system")
    seen = set()
    while (turn := turns.next_statement(row, ME)).statement is not None:
        assert turn.statement.pk not in seen | {mine.pk, first(row).pk}
        seen.add(turn.statement.pk)
        taking_part.vote(row.pk, statement_id=turn.statement.pk, value=0, proof=ME)
    assert len(seen) == 2
    assert turn.progress == turns.Progress(voted=2, left=0, may_write=True)
    assert turns.next_statement(row, YOU).progress.left == 3


def test_one_writes_after_some_votes_or_when_nothing_is_left():
    row = consulting.opened(votes_before_writing=2)
    ids = list(row.statements.values_list("pk", flat=True))
    taking_part.vote(row.pk, statement_id=ids[0], value=1, proof=ME)
    with pytest.raises(Conflict, match="2 statements"):
        taking_part.write_statement(row.pk, text="多放长椅。", language="zh-hans", proof=ME)
    taking_part.vote(row.pk, statement_id=ids[1], value=1, proof=ME)
    written = taking_part.write_statement(row.pk, text="  多放\n长椅。\x00 ", language="zh-hans", proof=ME)
    assert (written.text, written.number, written.standing) == ("多放 长椅。", 3, Standing.WAITING)
    few = consulting.opened(seeds=("只有一句。",), votes_before_writing=9)
    taking_part.vote(few.pk, statement_id=first(few).pk, value=1, proof=ME)
    assert taking_part.write_statement(few.pk, text="再来一句。", language="zh-hans", proof=ME).number == 1


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\u200b"[:1], "长" * 301])
def test_statements_of_no_words_or_too_many_are_refused(text):
    row = consulting.opened(votes_before_writing=0)
    with pytest.raises(Invalid) as raised:
        taking_part.write_statement(row.pk, text=text, language="zh-hans", proof=ME)
    assert "text" in raised.value.fields


def test_the_same_statement_again_and_more_than_thirty_of_one_person_are_refused():
    row = consulting.opened(votes_before_writing=0)
    with pytest.raises(Conflict, match="already"):
        taking_part.write_statement(row.pk, text=consulting.SEEDS[0], language="zh-hans", proof=ME)
    for number in range(taking_part.STATEMENTS_PER_PARTICIPANT):
        taking_part.write_statement(row.pk, text=f"第{number}条。", language="zh-hans", proof=ME)
    with pytest.raises(TooMany):
        taking_part.write_statement(row.pk, text="还有。", language="zh-hans", proof=ME)


def test_nothing_in_the_database_leads_from_a_statement_or_an_address_to_votes():
    row = consulting.opened(votes_before_writing=1)
    taking_part.vote(row.pk, statement_id=first(row).pk, value=1, proof=ME)
    mine = taking_part.write_statement(row.pk, text="多放长椅。", language="zh-hans", proof=ME)
    following.follow(row, email="somebody@example.cn", language="zh-hans", statement=mine)
    voter = Participant.objects.get().pseudonym
    assert mine.author_mark != voter
    assert not {"participant", "vote"} & {field.name for field in Follower._meta.get_fields()}
    assert not {"participant", "author"} & {field.name for field in Statement._meta.concrete_fields}


def test_a_code_used_on_two_devices_is_one_participant():
    row = consulting.opened(audience=Audience.CODES)
    code = invitations.make_codes(row.pk, label="more", count=1, actor="system").codes[0]
    typed = [code, f" {code[:4].lower()}-{code[4:8]} {code[8:]}"]
    for value, text in zip((1, -1), typed, strict=True):
        proof = admission.with_code(row, code=text)
        taking_part.vote(row.pk, statement_id=first(row).pk, value=value, proof=proof)
    assert Participant.objects.count() == 1
    assert statements.votes_of(row, proof) == {0: -1}
    assert code not in repr(list(Code.objects.values()))


def test_wrong_foreign_and_revoked_codes_are_refused_with_what_is_wrong():
    row, other = consulting.opened(audience=Audience.CODES), consulting.opened(audience=Audience.CODES)
    package = invitations.make_codes(row.pk, label="lost", count=1, actor="system")
    code = package.codes[0]
    slip = ("A" if code[0] != "A" else "B") + code[1:]
    with pytest.raises(Invalid, match="slip"):
        admission.with_code(row, code=slip)
    for which, text in ((other, code), (row, codes.new_code())):
        with pytest.raises(Invalid, match="does not belong"):
            admission.with_code(which, code=text)
    invitations.revoke_codes(package.batch, actor="system")
    with pytest.raises(Invalid, match="revoked"):
        admission.with_code(row, code=code)


def test_each_audience_has_its_own_door():
    anyone = consulting.opened()
    assert admission.with_browser(anyone, mark="m").kind == "browser"
    with pytest.raises(Denied):
        admission.with_code(anyone, code=codes.new_code())
    unit = staff.a_unit()
    staffed = consulting.opened(audience=Audience.UNIT, member_unit_id=unit.pk)
    member = staff.user(staff.Role.OFFICER, unit=unit, username="in")
    assert admission.with_account(staffed, user=member).value == str(member.pk)
    stranger = staff.user(staff.Role.OFFICER, unit=staff.a_unit("parks"), username="out")
    for outsider in (stranger, None):
        with pytest.raises(Denied):
            admission.with_account(staffed, user=outsider)
    with pytest.raises(Denied):
        admission.with_browser(staffed, mark="m")


def test_paper_and_phone_count_in_the_same_matrix():
    row = consulting.opened()
    ids = list(row.statements.order_by("number").values_list("pk", flat=True))
    paper = sheets.Sheet(
        via=Via.PAPER, sheet=" A 17 ", votes={ids[0]: 1, ids[1]: -1}, statements=["", "多放长椅。"]
    )
    with pytest.raises(Conflict):  # not enough votes to write, so nothing of the sheet is kept
        sheets.enter(row.pk, sheet=paper, actor="system")
    assert not Vote.objects.exists()
    again = sheets.Sheet(via=Via.PAPER, sheet="A17", votes={ids[0]: -1})
    call = sheets.Sheet(via=Via.PHONE, votes={ids[0]: 0})
    for sheet in (sheets.Sheet(via=Via.PAPER, sheet="A 17", votes={ids[0]: 1}), again, call, call):
        sheets.enter(row.pk, sheet=sheet, actor="system")
    turnout = lists.turnout(row)
    assert turnout.by_via == {Via.PAPER: 1, Via.PHONE: 2}
    with pytest.raises(Invalid):
        sheets.enter(row.pk, sheet=sheets.Sheet(via=Via.PAPER, votes={}), actor="system")


@pytest.mark.parametrize("role", [*staff.Role, None])
def test_only_those_who_enter_papers_do(role):
    row = consulting.opened()
    by = staff.user(role)
    sheet = sheets.Sheet(via=Via.PHONE, votes={first(row).pk: 1})
    if role in {staff.Role.OPERATOR, staff.Role.DISPATCHER, staff.Role.SUPERVISOR}:
        assert sheets.enter(row.pk, sheet=sheet, actor=by) == 1
    else:
        with pytest.raises(Denied):
            sheets.enter(row.pk, sheet=sheet, actor=by)


def test_removals_are_counted_by_reason_and_need_one():
    row = consulting.opened(votes_before_writing=0)
    mine = taking_part.write_statement(row.pk, text="卖房电话。", language="zh-hans", proof=ME)
    with pytest.raises(Invalid):
        moderation.remove(mine.pk, reason="", actor="system")
    moderation.remove(mine.pk, reason="advertising", actor="system")
    assert lists.removals(row) == {"advertising": 1}
    moderation.publish(mine.pk, actor="system")
    assert lists.removals(row) == {}
    closed = consulting.closed(row)
    with pytest.raises(Conflict, match="needs an answer"):
        moderation.remove(first(closed).pk, reason="off_topic", actor="system")


def test_officers_moderate_their_own_units_statements_only():
    row = consulting.opened(votes_before_writing=0)
    mine = taking_part.write_statement(row.pk, text="多放长椅。", language="zh-hans", proof=ME)
    with pytest.raises(Denied):
        moderation.publish(
            mine.pk, actor=staff.user(staff.Role.OFFICER, unit=staff.a_unit("parks"), username="a")
        )
    moderation.publish(mine.pk, actor=staff.user(staff.Role.OFFICER, unit=staff.a_unit(), username="b"))
    assert turns.next_statement(row, YOU).progress.left == 4


def test_the_secret_is_encrypted_and_gone_from_closed_rows():
    row = consulting.opened()
    secret = pseudonyms.new_secret()
    assert len(secret) == 64
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM consultations_consultation WHERE id = %s", [row.pk])
        assert len(cursor.fetchone()[0]) > 100
