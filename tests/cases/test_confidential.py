"""A confidential case: who opens it, and that no list, search, file, feed, message or other system knows of it."""

import datetime as dt

import pytest
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.aftercare.models import Sample
from huiyin.aftercare.operations import calling as callbacks
from huiyin.aftercare.operations import excluding
from huiyin.aftercare.queries import calling, sampling
from huiyin.cases import permissions
from huiyin.cases.enums import Outcome
from huiyin.cases.models import Case, CaseFile, Event, Publication, Reply, Summoned, Task
from huiyin.cases.operations import acting, handling, joint, merging, person, publishing, secrecy, splitting
from huiyin.cases.queries import boards, deadlines, exports, family, recent, worklist
from huiyin.feedback.enums import ExclusionReason, Solved
from huiyin.feedback.operations import Given
from huiyin.hooks.models import Delivery, Hook
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Missing
from huiyin.notifications.models import Notice, Room
from huiyin.people.operations import create_contact
from huiyin.relays import queries as relays
from huiyin.relays.models import Connection, Relay
from huiyin.relays.operations import sending
from huiyin.usecases import opendata, urging, warnings
from tests import factories

pytestmark = pytest.mark.django_db
WORD = "黑天鹅饭店"
TEXT = f"{WORD}后厨有问题，请不要说是我讲的。"
PUBLIC = publishing.PublicText(title=WORD, text=TEXT, answer="Done.")


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def officer(unit):
    return factories.user((Role.OFFICER, unit), email="officer@x.cn")


@pytest.fixture
def head(unit):
    return factories.user((Role.UNIT_HEAD, unit), email="head@x.cn")


@pytest.fixture
def supervisor():
    return acting.staff(factories.user((Role.SUPERVISOR, None)))


@pytest.fixture
def case(unit):
    contact = create_contact(name="张三丰", phone="13812345678")
    return factories.case(unit=unit, text=TEXT, contact=contact)


@pytest.fixture
def secret(case, supervisor):
    return secrecy.make_confidential(case.pk, actor=supervisor)


def answered(case, officer):
    with clock.turned_to(clock.now()):
        handling.answer(case.pk, text="Done.", outcome=Outcome.SOLVED, actor=acting.staff(officer))
    return Reply.objects.get(case=case)


def outsiders(unit):
    """Everybody on the staff who is none of the named roles."""
    return [
        factories.user((Role.OFFICER, unit)), factories.user((Role.OPERATOR, None)),
        factories.user((Role.ARBITER, None)), factories.user((Role.AUDITOR, None)),
        factories.user((Role.ADMINISTRATOR, None)), factories.user((Role.UNIT_HEAD, factories.unit())),
    ]  # fmt: skip


def test_it_is_not_published_by_anybody(secret, officer, head, supervisor):
    handling.take(secret.pk, officer=officer, actor=acting.staff(head))
    for actor in (acting.staff(officer), acting.staff(head), acting.SYSTEM):
        with pytest.raises(Conflict, match="confidential"):
            publishing.publish(secret.pk, public=PUBLIC, actor=actor)
    assert not Publication.objects.exists()
    secrecy.end_confidential(secret.pk, actor=supervisor)
    publishing.publish(secret.pk, public=PUBLIC, actor=acting.staff(officer))
    assert Publication.objects.exists()


def test_what_was_published_is_taken_back_with_its_parts_and_files(
    case, officer, supervisor, client, tmp_path, settings
):
    part = splitting.split(
        case.pk,
        part=splitting.Part(text="A part.", version=factories.service(unit=case.unit).current),
        actor=supervisor,
    )
    for pk in (case.pk, part.pk):
        publishing.publish(pk, public=PUBLIC, actor=acting.staff(officer))
    CaseFile.objects.update(is_public=True)
    secrecy.make_confidential(case.pk, actor=supervisor)
    assert not Publication.objects.exists()
    assert not CaseFile.objects.filter(is_public=True).exists()
    assert Case.objects.get(pk=part.pk).is_confidential
    data = Event.objects.get(case=case, action="make_confidential").data
    assert data["unpublished"] is True
    settings.HUIYIN_DATA = tmp_path
    opendata.publish()
    for path in (tmp_path / "open-data").rglob("*.csv"):
        assert WORD not in path.read_text()
    addresses = (
        "/cases/", f"/cases/?q={WORD}", f"/cases/{case.number}/", "/cases/feed.atom", "/cases/points.json",
        f"/tell/suggest.json?text={TEXT}", "/open311/v2/requests.json", f"/open311/v2/requests/{case.number}.json", "/",
    )  # fmt: skip
    for address in addresses:
        page = client.get(address).content.decode().replace(f'value="{WORD}"', "")
        assert WORD not in page, address


def test_no_list_search_or_screen_of_others_knows_of_it(secret, unit, client, officer):
    names = (
        "desk:worklist", "desk:search", "desk:dispatch", "desk:arbitration", "desk:supervision", "desk:joint",
        "desk:callback_list", "desk:exclusion_list", "desk:sample_list", "desk:topics", "desk:return_counts", "desk:intake",
        "desk:callbacks_ended_list", "desk:workload", "desk:precedents", "desk:reviews", "desk:calendar",
    )  # fmt: skip
    for user in outsiders(unit):
        client.force_login(user)
        assert not permissions.can_see(user, secret)
        assert not Case.objects.filter(permissions.visible(user)).exists()
        assert not Case.objects.filter(permissions.exportable(user)).exists()
        assert not [row for chunk in exports.chunks(permissions.exportable(user)) for row in chunk]
        assert not worklist.selected(user, [secret.number])
        for name in names:
            address = reverse(name)
            for query in ("", f"?q={WORD}", f"?q={secret.number}", "?tab=all"):
                page = client.get(address + query)
                assert page.status_code in {200, 302, 403}, (name, page.status_code)
                shown = (
                    page.content.decode()
                    .replace(f'value="{WORD}"', "")
                    .replace(f'value="{secret.number}"', "")
                )
                assert TEXT not in shown, (user, name, query)
                assert f"/desk/cases/{secret.number}/" not in shown, (user, name, query)
        for screen in ("case", "letter", "publish", "proposal", "point", "exclude"):
            assert client.get(reverse(f"desk:{screen}", args=[secret.number])).status_code in {403, 404}


def test_no_later_step_shows_it_to_others(secret, unit, officer, head, supervisor):
    handling.take(secret.pk, officer=officer, actor=acting.staff(head))
    reply = answered(secret, officer)
    operator, auditor = factories.user((Role.OPERATOR, None)), factories.user((Role.AUDITOR, None))
    dispatcher = factories.user((Role.DISPATCHER, None))
    callbacks.open_due()
    assert [len(calling.queue(user)) for user in (operator, dispatcher)] == [0, 1]
    with pytest.raises(Missing):
        calling.to_call(secret.number, user=operator)
    Sample.objects.create(reply=reply, week=clock.today())
    assert [len(sampling.waiting(user)) for user in (auditor, dispatcher)] == [0, 1]


def test_a_verdict_that_is_to_be_left_out_names_it_to_nobody_else(secret, officer, head, client):
    handling.take(secret.pk, officer=officer, actor=acting.staff(head))
    answered(secret, officer)
    person.judge(secret.pk, given=Given(contacted=True, solved=Solved.NO, satisfaction=1))
    row = Case.objects.get(pk=secret.pk)
    wish = excluding.ask(
        row, user=head, reason=ExclusionReason.values[0], text="It was about something else."
    )
    for user, shown in ((factories.user((Role.AUDITOR, None)), False), (head, True)):
        client.force_login(user)
        assert (reverse("desk:exclusion", args=[wish.pk]) in client.get("/desk/exclusions/").text) is shown


def test_other_units_are_neither_asked_nor_called(secret, head):
    water = factories.unit()
    at = clock.now() + dt.timedelta(days=1)
    with pytest.raises(Conflict, match="confidential"):
        joint.ask_unit(secret.pk, unit=water, what="Look.", due_at=at, actor=acting.staff(head))
    with pytest.raises(Conflict, match="confidential"):
        joint.summon(secret.pk, units=[water], place="Gate", at=at, reason="Look", actor=acting.staff(head))


def test_units_that_were_asked_before_find_it_no_more(case, unit, head, supervisor):
    water = factories.unit()
    plumber = factories.user((Role.OFFICER, water))
    at = clock.now() + dt.timedelta(days=1)
    joint.ask_unit(case.pk, unit=water, what="Look.", due_at=at, actor=acting.staff(head))
    joint.summon(case.pk, units=[water], place="Gate", at=at, reason="Look", actor=acting.staff(head))
    assert (len(boards.tasks(plumber)), len(boards.summonses(plumber))) == (1, 1)
    secrecy.make_confidential(case.pk, actor=supervisor)
    assert (boards.tasks(plumber), boards.summonses(plumber)) == ([], [])
    assert (Task.objects.count(), Summoned.objects.count()) == (1, 1)


def test_it_is_merged_only_with_its_like_and_stands_alone_when_it_changes(case, secret, unit, supervisor):
    other = factories.case(unit=unit)
    for into, follower in ((secret, other), (other, secret)):
        with pytest.raises(Conflict):
            merging.merge(into.pk, others=[follower.pk], actor=supervisor)
    secrecy.make_confidential(other.pk, actor=supervisor)
    merging.merge(secret.pk, others=[other.pk], actor=supervisor)
    for pk in (secret.pk, other.pk):
        with pytest.raises(Conflict):
            secrecy.end_confidential(pk, actor=supervisor)
    open_one, follower = factories.case(unit=unit), factories.case(unit=unit)
    merging.merge(open_one.pk, others=[follower.pk], actor=supervisor)
    for pk in (open_one.pk, follower.pk):
        with pytest.raises(Conflict):
            secrecy.make_confidential(pk, actor=supervisor)


def test_a_part_of_it_is_as_confidential_and_shown_around_to_nobody(case, secret, unit, supervisor):
    other = factories.unit()
    version = factories.service(unit=other).current
    part = splitting.split(secret.pk, part=splitting.Part(text=WORD, version=version), actor=supervisor)
    assert part.is_confidential
    stranger = factories.user((Role.OFFICER, other))
    assert not permissions.can_see(stranger, part)
    # Made confidential after it was split off: the officer of the whole does not read its words.
    whole = factories.case(unit=unit)
    part = splitting.split(whole.pk, part=splitting.Part(text=WORD, version=version), actor=supervisor)
    officer = factories.user((Role.OFFICER, unit))
    assert [row.pk for row in family.around(whole, user=officer).parts] == [part.pk]
    secrecy.make_confidential(part.pk, actor=supervisor)
    assert family.around(Case.objects.get(pk=whole.pk), user=officer).parts == []


def test_topics_do_not_take_it_in(unit, supervisor):
    for _again in range(8):
        row = factories.case(unit=unit, text=TEXT)
        secrecy.make_confidential(row.pk, actor=supervisor)
    assert recent.since(clock.now() - dt.timedelta(days=30), most=100) == []


def test_messages_go_to_those_only_who_may_open_it(case, unit, officer, head, supervisor):
    Room.objects.create(unit_id=unit.pk, url="dingtalk://token")
    secrecy.make_confidential(case.pk, actor=supervisor)
    Notice.objects.all().delete()
    person.write(case.pk, text="One more thing.")
    urging.urge(case.pk, text="Please.", actor=supervisor)
    assert {row.address for row in Notice.objects.exclude(reference=case.number)} == {"head@x.cn"}


def test_warnings_of_a_case_that_nobody_has_taken_go_to_the_head(case, officer, head, supervisor):
    secrecy.make_confidential(case.pk, actor=supervisor)
    Notice.objects.all().delete()
    due = Case.objects.get(pk=case.pk).due_at
    with clock.turned_to(due - dt.timedelta(minutes=5)):
        warnings.warn_of_deadlines()
    assert {row.address for row in Notice.objects.all()} == {"head@x.cn"}
    assert deadlines.of(officer) == []
    assert [row.pk for row in deadlines.of(head)] == [case.pk]


def test_other_systems_hear_nothing(case, unit, supervisor, head):
    Hook.objects.create(name="h", url="https://example.org/", secret="s" * 32, events=[])
    connection = Connection.objects.create(
        unit=unit, name="c", endpoint="https://example.org/", since=clock.now() - dt.timedelta(days=9)
    )
    assert sending.collect(connection) == 1
    secrecy.make_confidential(case.pk, actor=supervisor)
    heard = Delivery.objects.count()
    handling.sign_for(case.pk, actor=acting.staff(head))
    assert Delivery.objects.count() == heard
    sending.send(Relay.objects.get().pk)
    assert (Relay.objects.get().state, Relay.objects.get().attempts) == ("waiting", 0)
    assert relays.due(most=10) == []
    second = factories.case(unit=unit)
    secrecy.make_confidential(second.pk, actor=supervisor)
    assert sending.collect(connection) == 0
