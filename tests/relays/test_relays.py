"""A unit that works in another system: our own server plays it, and a bad one plays what goes wrong."""

import contextlib
import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import time_machine
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.cases.enums import Outcome, State
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied
from huiyin.people import operations as people
from huiyin.relays import logic, operations, queries
from huiyin.relays.enums import RelayState, Standing
from huiyin.relays.models import Connection, Relay
from huiyin.relays.operations import sending
from huiyin.usecases import relaying
from tests import factories, staff
from tests.interop.open311.conftest import a_city, publish
from tests.relays.setups import connected

LATER = dt.timedelta(minutes=11)


@pytest.fixture(autouse=True)
def _private(settings):
    settings.HUIYIN_REACH_PRIVATE = True


def later():
    return time_machine.travel(clock.now() + LATER)


# --- against our own server -----------------------------------------------------------------------------------------


@pytest.fixture
def there(live_server, transactional_db):
    """The other system: a city that answers Open311, and the connection of our unit to it."""
    city = a_city()
    city.connection = connected(f"{live_server.url}/open311/v2", api_key=city.key, codes="lamp = potholes")
    return city


def ours(**given):
    service = factories.service(unit=staff.a_unit("contractor"), code="lamp")
    contact = people.create_contact(name="林悦", phone="13800138000")
    return factories.case(
        version=service.current, text="灯坏了", point=(26.1, 119.2), contact=contact, **given
    )


def theirs():
    return Case.objects.get(channel__code="api")


def test_a_case_goes_there_and_comes_back(there):
    case = ours()
    relaying.carry_on()
    copy = theirs()
    assert copy.text == f"灯坏了\n[{case.number}]"
    assert (copy.lat, copy.lon, copy.contact) == (26.1, 119.2, None), "nobody is named there"
    relay = Relay.objects.get()
    assert (relay.state, relay.remote_id) == (RelayState.SENT, copy.number)
    assert queries.of_case(case, user=None).standing is Standing.NOT_KNOWN, "it is not published there yet"
    relaying.carry_on()
    assert Case.objects.filter(channel__code="api").count() == 1, "sent once"
    publish(copy, answer="We come on Monday.")
    with later():
        relaying.carry_on()
        seen = queries.of_case(case, user=None)
        assert (seen.standing, seen.relay.remote_notes) == (Standing.AGREE, "We come on Monday.")
    officer = acting.staff(staff.user(Role.OFFICER, unit=there.other))
    handling.answer(copy.pk, text="Mended", outcome=Outcome.SOLVED, actor=officer)
    with time_machine.travel(clock.now() + 3 * LATER):
        relaying.carry_on()
        seen = queries.of_case(case, user=None)
        assert seen.standing is Standing.ENDED_THERE
        assert seen.differs
        case.refresh_from_db()
        assert case.state == State.ASSIGNED, "what they say ends nothing here: somebody has to look"
        (row,) = queries.connections()
        assert (row.differing, row.failed, row.waiting) == (1, 0, 0)
        own = acting.staff(staff.user(Role.OFFICER, unit=staff.a_unit("contractor"), username="own"))
        handling.answer(case.pk, text="Mended", outcome=Outcome.SOLVED, actor=own)
        case.refresh_from_db()
        assert queries.of_case(case, user=None).standing is Standing.AGREE
    actions = list(
        Record.objects.filter(action__startswith="relay").order_by("id").values_list("action", flat=True)
    )
    assert actions == ["relay.sent", "relay.heard", "relay.heard"]


def test_the_case_page_shows_both_sides_and_health_asks_them(there):
    case = ours()
    relaying.carry_on()
    browser = staff.browser()
    browser.force_login(staff.user(Role.DISPATCHER))
    Relay.objects.update(remote_status="closed", remote_notes="<b>done</b>")
    page = browser.get(reverse("desk:case", args=[case.number])).content.decode()
    assert "The two sides differ" in page
    assert "it is still open" in page
    assert "&lt;b&gt;done" in page
    assert relaying.health().ok
    Connection.objects.update(default_code="nothing")
    assert "unknown code" in str(relaying.health().detail)


def test_a_batch_service_gives_its_number_later(there):
    Connection.objects.update(codes={"lamp": "secrets"})
    case = ours()
    relaying.carry_on()
    relay = Relay.objects.get(case=case)
    assert relay.remote_id == theirs().number
    assert relay.token


def test_what_was_published_and_is_taken_back_there_is_said(there):
    case = ours()
    relaying.carry_on()
    publish(theirs())
    with later():
        relaying.carry_on()
    theirs().publication.delete()
    with time_machine.travel(clock.now() + 3 * LATER):
        relaying.carry_on()
        assert queries.of_case(case, user=None).standing is Standing.UNKNOWN_THERE


def test_only_new_open_cases_of_the_unit_are_sent(there):
    unit = staff.a_unit("contractor")
    Connection.objects.update(since=clock.now() + dt.timedelta(hours=1))
    factories.case(unit=unit)
    factories.case(unit=there.unit)
    relaying.carry_on()
    assert not Relay.objects.exists()
    operations.stop(there.connection, actor="system")
    Connection.objects.update(since=clock.now() - dt.timedelta(hours=1))
    relaying.carry_on()
    assert not Relay.objects.exists()
    operations.resume(there.connection, actor="system")
    relaying.carry_on()
    assert Relay.objects.count() == 1


# --- against a bad one ----------------------------------------------------------------------------------------------


class Bad:
    """A system that answers what the test says, and remembers what it got."""

    def __init__(self):
        self.got, self.answers = [], []

    def answer(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        self.got.append((handler.command, handler.path, parse_qs(body)))
        status, content = self.answers.pop(0) if self.answers else (200, "[]")
        if status is None:
            handler.connection.close()
            return
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(content.encode() if isinstance(content, str) else json.dumps(content).encode())


@pytest.fixture
def bad():
    system = Bad()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            with contextlib.suppress(OSError):
                system.answer(self)

        do_POST = do_GET  # noqa: N815 -- named by the library

        def log_message(self, *_given):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    system.url = f"http://127.0.0.1:{server.server_port}/v2/"
    yield system
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def relay(db, bad):
    connected(bad.url)
    case = factories.case(unit=staff.a_unit("contractor"))
    sending.collect(Connection.objects.get())
    return Relay.objects.get(case=case)


def sent(bad):
    return [got for got in bad.got if got[0] == "POST"]


@pytest.mark.parametrize("status", [500, 502, 429, 301])
def test_faults_of_theirs_are_tried_again_later_and_later(relay, bad, status):
    at, waits = clock.now(), []
    for attempt in range(9):
        bad.answers = [(200, "[]")] * (attempt > 0) + [(status, "<html>")]
        with time_machine.travel(at, tick=False):
            sending.send(relay.pk)
            relay.refresh_from_db()
            waits.append(relay.due_at - at)
            sending.send(relay.pk)
            assert len(sent(bad)) == attempt + 1, "not before it is due"
        at = relay.due_at + dt.timedelta(seconds=1)
    assert relay.state == RelayState.FAILED
    assert waits[:8] == list(logic.BACK_OFF)
    assert relay.error == str(status)
    assert Record.objects.filter(action="relay.failed").count() == 1


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_what_they_decline_is_not_sent_again_by_itself(relay, bad, status):
    bad.answers = [(status, [{"code": status, "description": "no"}])]
    sending.send(relay.pk)
    relay.refresh_from_db()
    assert (relay.state, relay.error) == (RelayState.FAILED, str(status))
    officer, other = staff.user(Role.OFFICER, unit=staff.a_unit("contractor")), staff.user(Role.AUDITOR)
    with pytest.raises(Denied):
        sending.send_again(relay.case, user=other)
    sending.send_again(relay.case, user=officer)
    bad.answers = [(200, "[]"), (200, [{"service_request_id": "77"}])]
    sending.send(relay.pk)
    relay.refresh_from_db()
    assert (relay.state, relay.remote_id) == (RelayState.SENT, "77")
    with pytest.raises(Conflict):
        sending.send_again(relay.case, user=officer)


def test_who_works_in_the_unit_sends_it_again_from_its_page(relay, bad):
    Relay.objects.update(state=RelayState.FAILED, error="403")
    browser = staff.browser()
    browser.force_login(staff.user(Role.OFFICER, unit=staff.a_unit("contractor")))
    address = reverse("desk:relay_again", args=[relay.case.number])
    assert address in browser.get(reverse("desk:case", args=[relay.case.number])).content.decode()
    assert browser.get(address).status_code == 405
    assert browser.post(address).status_code == 302
    relay.refresh_from_db()
    assert relay.state == RelayState.WAITING


def test_a_lost_answer_does_not_send_the_case_twice(relay, bad):
    bad.answers = [(None, "")]
    sending.send(relay.pk)
    assert len(sent(bad)) == 1
    mark = sent(bad)[0][2]["description"][0]
    bad.answers = [
        (
            200,
            [
                {"service_request_id": "4", "description": "x"},
                {"service_request_id": "5", "description": mark},
            ],
        )
    ]
    with time_machine.travel(clock.now() + dt.timedelta(minutes=2)):
        sending.send(relay.pk)
    relay.refresh_from_db()
    assert (relay.state, relay.remote_id) == (RelayState.SENT, "5")
    assert len(sent(bad)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{}",
        "[]",
        "[1]",
        "null",
        "[{}]",
        '[{"service_request_id": ""}]',
        '[{"service_request_id": []}]',
        "<xml/>",
        "[" * 10_000,
    ],
)
def test_nonsense_is_no_receipt(relay, bad, answer):
    bad.answers = [(200, answer)]
    sending.send(relay.pk)
    relay.refresh_from_db()
    assert relay.state == RelayState.WAITING
    assert relay.error


def test_what_they_say_is_kept_within_bounds_and_a_fault_is_shown(relay, bad):
    bad.answers = [(200, [{"service_request_id": 12}])]
    sending.send(relay.pk)
    row = Connection.objects.get()
    bad.answers = [(503, "")]
    assert sending.ask(row) == 0
    row.refresh_from_db()
    assert row.error == "503"
    told = {
        "service_request_id": "12", "status": "CLOSED", "status_notes": "x\x00" * 50_000,
        "updated_datetime": "2026-99-99T00:00:00Z",
    }  # fmt: skip
    bad.answers = [(200, [told, {"service_request_id": "13", "status": "open"}, "nonsense"])]
    assert sending.ask(row) == 1
    relay.refresh_from_db()
    row.refresh_from_db()
    assert (relay.remote_status, relay.remote_updated_at, row.error) == ("closed", None, "")
    assert len(relay.remote_notes) <= 4_000
    assert "\x00" not in relay.remote_notes


def test_an_answer_without_end_is_not_read(relay, bad, monkeypatch):
    monkeypatch.setattr("huiyin.relays.remote.MOST_BYTES", 1_000)
    bad.answers = [(200, "[" + " " * 100_000 + "]")]
    sending.send(relay.pk)
    relay.refresh_from_db()
    assert relay.error == "too large"


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_case_once(bad):
    connected(bad.url)
    case = factories.case(unit=staff.a_unit("contractor"))
    sending.collect(Connection.objects.get())
    bad.answers = [(200, [{"service_request_id": "1"}])] * 4
    pk = Relay.objects.get(case=case).pk

    def work():
        from django.db import connection

        sending.collect(Connection.objects.get())
        sending.send(pk)
        connection.close()

    threads = [threading.Thread(target=work) for _worker in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(sent(bad)) == 1
    assert Relay.objects.count() == 1
