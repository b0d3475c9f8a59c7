"""Taking part in a consultation through its pages: who gets in, what is remembered, what is hidden."""

import datetime as dt
import re
import time

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.accounts.enums import Role
from huiyin.cases.operations import limits
from huiyin.consultations.enums import Audience, Results
from huiyin.consultations.models import Consultation, Follower, Participant, Statement, Vote
from huiyin.consultations.operations import answers, invitations, maps, moderation, phases
from huiyin.consultations.queries import lists
from huiyin.kernel import clock
from huiyin.kernel.errors import TooMany
from huiyin.organisations import operations as organisations
from huiyin.organisations import queries as organisation_settings
from huiyin.organisations.enums import SettingKey
from huiyin.people.models import Contact
from huiyin.usecases import consulting as usecase
from tests import factories, staff
from tests.factories import consulting

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return staff.browser()


def address(row: Consultation, page: str = "") -> str:
    return f"/consultations/{row.code}/{page}"


def shown(client: Client, row: Consultation) -> int:
    found = re.search(r'name="statement" value="(\d+)"', client.get(address(row, "vote/")).content.decode())
    assert found
    return int(found[1])


def vote(client: Client, row: Consultation, value: str = "1", statement: int | None = None):
    return client.post(address(row, "vote/"), {"statement": statement or shown(client, row), "vote": value})


def test_a_browser_is_one_participant_and_another_browser_another(client):
    row = consulting.opened()
    for _turn in range(3):
        assert vote(client, row).status_code == 302
    assert Participant.objects.count() == 1
    assert Vote.objects.count() == 3
    assert "You voted on everything there is" in client.get(address(row, "vote/")).content.decode()
    other = staff.browser()
    vote(other, row)
    assert Participant.objects.count() == 2


def test_reading_alone_makes_no_participant_and_no_cookie(client):
    row = consulting.opened()
    for page in ("", "vote/", "mine/", "map/", "statements/", "write/", "told/"):
        assert client.get(address(row, page)).status_code == 200
    assert not Participant.objects.exists()
    assert "part" not in client.cookies


def test_the_cookie_goes_to_this_consultation_only_and_cannot_be_made_up(client):
    row, other = consulting.opened(), consulting.opened()
    vote(client, row)
    cookie = client.cookies["part"]
    assert cookie["path"] == address(row)
    assert cookie["httponly"]
    stranger = staff.browser()
    stranger.cookies["part"] = cookie.value
    vote(stranger, other)
    assert Participant.objects.filter(consultation=other).count() == 1
    stranger.cookies["part"] = "WyJjb2RlIiwieCJd:1:aaaa"
    vote(stranger, row)
    assert Participant.objects.filter(consultation=row).count() == 2


def test_a_vote_by_script_gets_the_next_statement_alone(client):
    row = consulting.opened()
    first = shown(client, row)
    response = client.post(
        address(row, "vote/"), {"statement": first, "vote": "1"}, headers={"X-Huiyin-Part": "1"}
    )
    text = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in text
    assert f'value="{first}"' not in text
    assert "X-Huiyin-Part" in response["Vary"]


def test_a_vote_costs_few_queries_and_reads_the_consultation_itself_once(client):
    row = consulting.opened()
    vote(client, row, "1", shown(client, row))
    first = shown(client, row)
    with CaptureQueriesContext(connection) as captured:
        client.post(address(row, "vote/"), {"statement": first, "vote": "1"}, headers={"X-Huiyin-Part": "1"})
    assert (
        len(captured) <= 14
    )  # the job for the map and the points of a transaction within the test's own included
    assert not [one["sql"] for one in captured if "backgrounds" in one["sql"]]


def test_whoever_votes_sees_at_once_that_it_was_closed(client):
    row = consulting.opened()
    first = shown(client, row)
    vote(client, row, "1", first)
    phases.close_early(row.pk, reasons={"en": "All is said."}, actor="system")
    assert vote(client, row, "1", first).url == address(row)
    assert vote(client, row, "undo", first).url == address(row)
    assert client.get(address(row, "vote/")).url == address(row)
    assert Vote.objects.count() == 1


def test_votes_read_the_secret_once_in_a_while(client, monkeypatch):
    monkeypatch.setattr(lists, "SECOND", 60)
    row = consulting.opened()
    first = shown(client, row)
    vote(client, row, "1", first)
    with CaptureQueriesContext(connection) as captured:
        vote(client, row, "1", first)
    assert not [one for one in captured if "revision, secret" in one["sql"]]


def test_no_process_keeps_the_secret(client, monkeypatch):
    monkeypatch.setattr(lists, "SECOND", 0.3)
    row = consulting.opened()
    vote(client, row, "1", shown(client, row))
    until = time.monotonic() + 10
    while any(name.endswith(f"votes:{row.code}") for name in caches["local"]._held):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_who_comes_too_early_can_vote_as_soon_as_it_opens(client):
    row = consulting.consultation()
    first = row.statements.first().pk
    phases.schedule(row.pk, actor="system")
    assert vote(client, row, "1", first).url == address(row)
    phases.open_due(row.pk)
    vote(client, row, "1", first)
    assert Vote.objects.count() == 1


def test_without_a_vote_there_is_none_to_take_back(client):
    row = consulting.opened()
    assert vote(client, row, "undo", shown(client, row)).status_code == 409


def test_votes_from_one_internet_address_have_a_limit(client):
    organisations.change_setting(SettingKey.VOTES_PER_ADDRESS_HOUR, value="2", actor="system")
    limits._steps.clear()
    row = consulting.opened()
    assert [vote(client, row).status_code for _one in range(2)] == [302, 302]
    assert vote(staff.browser(), row, "1", row.statements.first().pk).status_code == 429
    assert Vote.objects.count() == 2


def test_undo_shows_the_statement_again_and_its_vote_counts_for_nothing(client):
    row = consulting.opened()
    first = shown(client, row)
    vote(client, row, "-1", first)
    response = client.post(address(row, "vote/"), {"vote": "undo"}, follow=True)
    assert f'name="statement" value="{first}"' in response.content.decode()
    assert "You have not voted at this device" in client.get(address(row, "mine/")).content.decode()
    again = client.post(address(row, "vote/"), {"vote": "undo"})
    assert again.status_code == 409


@pytest.mark.parametrize("value", ["2", "", "yes", "1.0", "-2", "٣"])
def test_a_vote_of_something_else_is_refused(client, value):
    row = consulting.opened()
    assert vote(client, row, value).status_code == 422
    assert not Vote.objects.exists()


@pytest.mark.parametrize("statement", ["0", "", "999999999", "-1", "1e3", "9" * 40, "\x00"])
def test_an_unknown_statement_is_refused(client, statement):
    row = consulting.opened()
    response = client.post(address(row, "vote/"), {"statement": statement, "vote": "1"})
    assert response.status_code == 404
    assert not Vote.objects.exists()


def test_a_statement_of_another_consultation_is_refused(client):
    row, other = consulting.opened(), consulting.opened()
    foreign = other.statements.first()
    assert vote(client, row, "1", foreign.pk).status_code == 404


def test_codes_let_in_and_the_same_code_is_the_same_participant(client):
    row = consulting.opened(audience=Audience.CODES)
    made = invitations.make_codes(row.pk, label="more", count=1, actor="system")
    (code,) = made.codes
    assert client.get(address(row, "vote/")).url == address(row, "enter/")
    wrong = client.post(address(row, "enter/"), {"code": "AAAA-AAAA-AAAA-AAAA"})
    assert wrong.status_code == 422
    assert "govuk-error-summary" in wrong.content.decode()
    for browser in (client, staff.browser()):
        response = browser.post(address(row, "enter/"), {"code": code.lower()})
        assert response.url == address(row, "vote/")
        vote(browser, row)
    assert Participant.objects.count() == 1
    client.post(address(row, "leave/"))
    assert client.get(address(row, "vote/")).url == address(row, "enter/")


def test_members_of_the_unit_take_part_with_their_account_and_others_do_not(client):
    unit = staff.a_unit()
    row = consulting.opened(audience=Audience.UNIT, member_unit_id=unit.pk)
    assert client.get(address(row, "vote/")).url.startswith("/accounts/login/")
    client.force_login(staff.user(Role.OFFICER, unit=staff.a_unit("other"), username="stranger"))
    assert client.get(address(row, "vote/")).status_code == 403
    client.force_login(staff.user(Role.OFFICER, unit=unit, username="member"))
    assert vote(client, row).status_code == 302
    assert Participant.objects.count() == 1


def test_a_statement_is_written_after_some_votes_and_its_writer_is_told(client):
    row = consulting.opened(votes_before_writing=2)
    early = client.post(address(row, "write/"), {"text": "湖边应该有长椅。"})
    assert early.status_code == 409
    assert not Statement.objects.filter(text="湖边应该有长椅。").exists()
    for _turn in range(2):
        vote(client, row)
    given = {"text": "湖边应该有长椅。", "email": "somebody@example.org"}
    assert client.post(address(row, "write/"), given).url == address(row, "mine/")
    one = Statement.objects.get(text="湖边应该有长椅。")
    assert "Waits to be looked at" in client.get(address(row, "mine/")).content.decode()
    follower = Follower.objects.get()
    assert follower.statement == one
    assert one.author_mark != Participant.objects.get().pseudonym


def test_a_wrong_address_stores_neither_statement_nor_address(client):
    row = consulting.opened(votes_before_writing=0)
    response = client.post(address(row, "write/"), {"text": "多种树。", "email": "not an address"})
    assert response.status_code == 422
    assert not Statement.objects.filter(text="多种树。").exists()
    assert not Contact.objects.exists()


def test_a_flood_of_statements_from_one_internet_address_ends_at_the_limit():
    row = consulting.opened(votes_before_writing=0)
    most = int(organisation_settings.setting(SettingKey.STATEMENTS_PER_ADDRESS_HOUR))
    refused = 0
    for number in range(300):
        try:
            usecase.write_statement(
                row.pk,
                text=f"第{number}句。",
                language="zh-hans",
                proof=consulting.somebody(number),
                address="192.0.2.1",
            )
        except TooMany:
            refused += 1
    assert refused == 300 - most
    assert Statement.objects.filter(consultation=row, origin="participant").count() == most
    usecase.write_statement(
        row.pk,
        text="别处来的。",
        language="zh-hans",
        proof=consulting.somebody("far"),
        address="198.51.100.1",
    )


def test_hidden_results_are_on_no_page(client):
    row = consulting.opened(results=Results.AFTER_CLOSE)
    consulting.planted(row, people=40)
    maps.refresh(row.pk)
    vote(client, row)
    assert "Results are shown when it has closed" in client.get(address(row, "map/")).content.decode()
    part = client.get(address(row, "map/"), headers={"X-Huiyin-Part": "1"}).content.decode()
    assert not part.strip()
    assert client.get(address(row, "map.svg")).status_code == 403
    listed = client.get(address(row, "statements/")).content.decode()
    assert "Votes are shown when it has closed" in listed
    assert "%" not in re.sub(r"<(script|style).*?</\1>|<[^>]*>", "", listed, flags=re.DOTALL)
    consulting.closed(row)
    assert "hy-opinion__map" in client.get(address(row, "map/")).content.decode()
    assert client.get(address(row, "map.svg")).status_code == 200


def test_the_map_shows_groups_my_place_and_how_sure_it_is(client):
    row = consulting.opened()
    consulting.planted(row, people=40)
    maps.refresh(row.pk)
    assert "You stand with group" not in client.get(address(row, "map/")).content.decode()
    vote(client, row)
    text = client.get(address(row, "map/")).content.decode()
    assert "Their votes fall into 2 groups" in text
    assert "You stand with group" in text
    assert "What group A holds" in text
    assert f"Web {Participant.objects.count()}" in text
    for order in ("agreement", "division", "passed", "seen", "nonsense"):
        assert client.get(address(row, f"statements/?order={order}")).status_code == 200


def test_after_closing_nobody_finds_the_own_votes_and_the_map_stays(client):
    row = consulting.opened()
    consulting.planted(row, people=30)
    vote(client, row)
    consulting.closed(row)
    assert client.get(address(row, "vote/")).url == address(row)
    assert vote_after(client, row).status_code == 302
    assert "Nobody can tell any more" in client.get(address(row, "mine/")).content.decode()
    text = client.get(address(row, "map/")).content.decode()
    assert "final" in text
    assert "Stability" in text


def vote_after(client: Client, row: Consultation):
    before = Vote.objects.count()
    response = client.post(address(row, "vote/"), {"statement": row.statements.first().pk, "vote": "1"})
    assert Vote.objects.count() == before
    return response


def test_drafts_exist_for_nobody_and_scheduled_ones_take_nothing(client):
    draft = consulting.consultation()
    pages = ("", "vote/", "enter/", "write/", "mine/", "map/", "map.svg", "statements/", "told/")
    assert {client.get(address(draft, page)).status_code for page in pages} == {404}
    phases.schedule(draft.pk, actor="system")
    assert client.get(address(draft)).status_code == 200
    assert client.get(address(draft, "vote/")).url == address(draft)
    assert "It has not opened yet" in client.get(address(draft, "map/")).content.decode()


def test_an_address_is_kept_apart_from_votes_until_the_answer(client):
    row = consulting.opened()
    vote(client, row)
    assert client.post(address(row, "told/"), {"email": "not one"}).status_code == 422
    assert client.post(address(row, "told/"), {"email": "somebody@example.org"}).status_code == 302
    follower = Follower.objects.get()
    assert follower.statement is None
    assert follower.token != Participant.objects.get().pseudonym


def test_a_removed_statement_is_not_shown_and_counted_in_public(client):
    row = consulting.opened()
    moderator = staff.user(Role.SUPERVISOR, username="moderator")
    one = row.statements.get(number=1)
    moderation.remove(one.pk, reason="duplicate", actor=moderator)
    assert one.text not in client.get(address(row, "statements/")).content.decode()
    assert "Says the same as another statement: 1" in client.get(address(row)).content.decode()
    assert vote(client, row, "1", one.pk).status_code == 404


def test_the_history_names_the_same_step_of_a_day_once_with_its_count(client):
    row = consulting.opened()
    phases.close_early(row.pk, reasons={"en": "All is said."}, actor="system")
    verdict = answers.Verdict(decision="adopted", reasons={"en": "Next year."}, unit=row.unit)
    ids = list(row.statements.values_list("pk", flat=True))
    assert len(ids) == 3
    with clock.turned_to(clock.now() - dt.timedelta(days=1)):
        answers.decide(row.pk, statement_ids=ids[:1], verdict=verdict, actor="system")
    for pk in ids[1:]:
        answers.decide(row.pk, statement_ids=[pk], verdict=verdict, actor="system")
    page = client.get(address(row)).content.decode()
    assert page.count("Decide what becomes of a statement") == 2, "one line for each of two days"
    assert page.count("Decide what becomes of a statement, 2 times") == 1
    assert "All is said." in page


def test_pages_ask_the_database_little_however_many_take_part(client):
    factories.channel("web")
    row = consulting.opened()
    vote(client, row)
    pages = ("", "vote/", "mine/", "map/", "statements/", "write/")

    def counted() -> dict[str, int]:
        found = {}
        for page in pages:
            client.get(address(row, page))
            caches["local"].clear()  # which statement comes, and whether it was read before, is chance
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address(row, page)).status_code == 200
            found[page] = len(queries)
        return found

    maps.refresh(row.pk)
    few = counted()
    consulting.planted(row, people=40)
    maps.refresh(row.pk)
    many = counted()
    assert many == few
    assert max(many.values()) <= 12, many
