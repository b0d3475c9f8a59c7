"""What other systems are told: nothing lost, nothing twice, each case in its order, and nothing about a person."""

import datetime as dt
import json
import threading

import pytest
import standardwebhooks
import time_machine
from django.db import connection

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome
from huiyin.cases.operations import acting, handling
from huiyin.hooks import logic, queries
from huiyin.hooks.models import Delivery, Hook
from huiyin.hooks.operations import setting_up, telling
from huiyin.kernel import clock, outward
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.people import operations as people
from huiyin.usecases import clockwork
from tests import factories
from tests.hooks.conftest import made

pytestmark = pytest.mark.django_db


def story(case):
    """Five things that happen to a case."""
    officer = acting.staff(factories.user((Role.OFFICER, case.unit)))
    handling.sign_for(case.pk, actor=officer)
    handling.start(case.pk, actor=officer)
    handling.answer(case.pk, text="修好了", outcome=Outcome.SOLVED, actor=officer)


def until_quiet(hook, *, rounds=60):
    """Deliver again and again, each time ten minutes later."""
    now = clock.now()
    for _round in range(rounds):
        with time_machine.travel(now, tick=True):
            telling.deliver(hook.pk)
        if not Delivery.objects.filter(hook=hook, state="waiting").exists():
            return
        now += dt.timedelta(minutes=10)
    raise AssertionError("still waiting")


def test_a_message_is_signed_as_the_standard_says_and_says_nothing_about_a_person(hook, receiver):
    contact = people.create_contact(name="Li Hidden", phone="13800138000")
    case = factories.case(contact=contact, text="秘密的话", place_text="秘密的地方")
    assert telling.deliver(hook.pk).sent == 2
    for headers, body in receiver.requests:
        standardwebhooks.Webhook(hook.secret).verify(body, headers)
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(hook.secret).verify(body + b" ", headers)
        for word in ("秘密", "Hidden", "13800138000"):
            assert word not in body.decode()
    told = json.loads(receiver.requests[0][1])
    assert told["type"] == "case.file"
    assert told["data"]["case"] == case.number
    assert told["data"]["unit"] == case.unit.code
    assert told["data"]["links"]["api"].endswith(f"/api/v1/cases/{case.number}")
    assert Delivery.objects.filter(state="sent", status=204, attempts=1).count() == 2


def test_nothing_is_lost_nothing_comes_twice_and_each_case_keeps_its_order(hook, receiver):
    cases = [factories.case() for _case in range(4)]
    for case in cases:
        story(case)
    receiver.answers[:] = [
        "500", "ok", "take-and-die", "500", "ok", "503", "302", "take-and-die", "ok", "ok", "500", "429",
    ]  # fmt: skip
    until_quiet(hook)
    assert receiver.order() == {case.number: [1, 1, 2, 3, 4] for case in cases}
    assert len(receiver.taken) == 20
    assert Delivery.objects.filter(state="sent").count() == 20
    kinds = [
        payload["type"] for payload in receiver.taken.values() if payload["data"]["case"] == cases[0].number
    ]
    assert kinds == ["case.file", "case.assign", "case.sign_for", "case.start", "case.answer"]


def test_a_dead_receiver_loses_nothing_and_takes_it_when_it_is_back(hook, receiver):
    port = receiver.port
    receiver.die()
    case = factories.case()
    story(case)
    assert telling.deliver(hook.pk).sent == 0
    assert Hook.objects.get(pk=hook.pk).failing_since is not None
    receiver.start(port)
    until_quiet(hook)
    assert receiver.order() == {case.number: [1, 1, 2, 3, 4]}
    assert Hook.objects.get(pk=hook.pk).failing_since is None


def test_a_receiver_that_says_nothing_is_given_up_on_after_some_seconds(hook, receiver, monkeypatch):
    monkeypatch.setattr(outward, "SECONDS", 0.2)
    factories.case()
    receiver.answers[:] = ["sleep"]
    assert telling.deliver(hook.pk).failed == 1
    assert Delivery.objects.order_by("pk")[0].error == "timeout"
    until_quiet(hook)
    assert len(receiver.taken) == 2


def test_a_receiver_that_is_down_is_asked_twice_and_not_for_every_case(hook, receiver):
    for _case in range(10):
        factories.case()
    receiver.answers[:] = ["500"] * 50
    telling.deliver(hook.pk)
    assert len(receiver.requests) == telling.MOST_IN_A_ROW


def test_after_three_days_the_hook_stops_and_everything_stays_until_it_is_switched_on(hook, receiver):
    receiver.answers[:] = ["500"] * 200
    case = factories.case()
    now = clock.now()
    for wait in (dt.timedelta(), *logic.BACK_OFF):
        now += wait + dt.timedelta(seconds=1)
        with time_machine.travel(now, tick=True):
            telling.deliver(hook.pk)
    hook.refresh_from_db()
    assert (hook.state, len(receiver.requests)) == ("stopped", len(logic.BACK_OFF) + 1)
    assert sum(logic.BACK_OFF, dt.timedelta()) > dt.timedelta(days=3)
    assert [row.pk for row in queries.stopped()] == [hook.pk]
    assert telling.deliver(hook.pk).failed == 0
    story(case)  # is written down for it all the same
    receiver.answers.clear()
    setting_up.switch_on(hook, actor="system")
    until_quiet(hook)
    assert receiver.order() == {case.number: [1, 1, 2, 3, 4]}


def test_a_receiver_that_is_gone_is_not_asked_again(hook, receiver):
    receiver.answers[:] = ["410"]
    factories.case()
    telling.deliver(hook.pk)
    hook.refresh_from_db()
    assert hook.state == "stopped"


def test_filters_and_switching_off(db, receiver):
    unit = factories.unit(code="roads")
    lights = factories.service(code="lights", unit=unit).current
    made(receiver, name="Roads", units=["roads"], events=["case.file"])
    made(receiver, name="Lights", services=["lights"])
    off = made(receiver, name="Off")
    setting_up.switch_off(off, actor="system")
    queries.caches["local"].clear()
    factories.case(version=lights)
    factories.case()
    told = Delivery.objects.values_list("hook__name", "event").order_by("pk")
    assert sorted(told) == [("Lights", "case.assign"), ("Lights", "case.file"), ("Roads", "case.file")]
    assert len({row.ident for row in Delivery.objects.filter(event="case.file")}) == 1, "one event, one id"


def test_what_was_delivered_can_be_sent_again_under_the_same_id(hook, receiver):
    case = factories.case()
    until_quiet(hook)
    first = list(receiver.taken)
    setting_up.renew_secret(hook, actor="system")
    assert telling.replay(hook, since=clock.now() - dt.timedelta(hours=1), actor="system") == 2
    until_quiet(hook)
    assert list(receiver.taken) == first, "a receiver that has it sees ids that it knows"
    assert len(receiver.requests) == 4
    standardwebhooks.Webhook(hook.secret).verify(receiver.requests[3][1], receiver.requests[3][0])
    row = hook.deliveries.get(event="case.file", reference=case.number)
    telling.replay_one(row, actor="system")
    with pytest.raises(Conflict):
        telling.replay_one(row, actor="system")


def test_what_is_rolled_back_is_never_told(hook):
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        factories.case()
        raise RuntimeError
    assert not Delivery.objects.exists()


def test_no_hook_costs_no_query(db, django_assert_num_queries):
    case = factories.case()
    event = case.events.first()
    from huiyin.cases.operations import telling as of_cases

    with django_assert_num_queries(0):
        of_cases.tell(case, event)


def test_delivered_messages_are_forgotten_after_a_month(hook, receiver):
    factories.case()
    until_quiet(hook)
    factories.case()
    Delivery.objects.update(created_at=clock.now() - dt.timedelta(days=31))
    assert clockwork.forget_old_deliveries() == 2
    assert Delivery.objects.count() == 2, "what waits stays"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_nothing_twice_and_keep_the_order(receiver):
    hook = made(receiver)
    cases = [factories.case() for _case in range(5)]
    for case in cases:
        story(case)
    receiver.answers[:] = ["ok", "500", "ok", "500"]
    start = threading.Barrier(3)

    def work():
        start.wait()
        for _round in range(3):
            telling.deliver(hook.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _worker in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    until_quiet(hook)
    assert receiver.order() == {case.number: [1, 1, 2, 3, 4] for case in cases}
    assert len(receiver.requests) == 27, "25 messages and the two that were refused"


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://example.org/", "https://", "http://example.org/", "https://user@example.org/",
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/",
        "https://192.168.1.1:8443/x", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://0.0.0.0/",
        "https://[fd00::1]/", "https://224.0.0.1/", "https://2130706433/", "https://a b/", "https://example.org:99999/",
    ],
)  # fmt: skip
def test_no_door_into_the_own_network(url):
    with pytest.raises(Invalid) as raised:
        setting_up.create(setting_up.Terms(name="x", url=url), actor="system")
    assert "url" in raised.value.fields
    assert not Hook.objects.exists()


def test_a_name_that_answers_differently_later_opens_no_door_either(hook, receiver, settings):
    settings.HUIYIN_REACH_PRIVATE = False
    Hook.objects.update(url=receiver.url.replace("http://", "https://"))
    factories.case()
    assert telling.deliver(hook.pk).failed > 0
    assert Delivery.objects.order_by("pk")[0].error == "private address"
    assert not receiver.requests


def test_redirects_are_not_followed(hook, receiver):
    receiver.answers[:] = ["302"]
    factories.case()
    telling.deliver(hook.pk, limit=1)
    assert (len(receiver.requests), Delivery.objects.order_by("pk")[0].error) == (1, "http 302")


def test_only_administrators_set_hooks_up(hook):
    nobody = factories.user((Role.SUPERVISOR, None))
    acts = [
        lambda: setting_up.create(setting_up.Terms(name="x", url="https://1.1.1.1/"), actor=nobody),
        lambda: setting_up.change(
            hook, terms=setting_up.Terms(name="x", url="https://1.1.1.1/"), actor=nobody
        ),
        lambda: setting_up.renew_secret(hook, actor=nobody),
        lambda: setting_up.switch_off(hook, actor=nobody),
        lambda: setting_up.switch_on(hook, actor=nobody),
        lambda: telling.ping(hook, actor=nobody),
        lambda: telling.replay(hook, since=clock.now(), actor=nobody),
    ]
    for act in acts:
        with pytest.raises(Denied):
            act()


def test_the_secret_is_encrypted_in_the_database(hook):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM hooks_hook")
        assert hook.secret not in cursor.fetchone()[0]
