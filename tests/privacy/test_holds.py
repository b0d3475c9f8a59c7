"""A legal hold: while it runs nothing goes, by nobody and by no time; it is placed, replaced, lifted and ends on record."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case, Event, Hold
from huiyin.cases.operations import acting, holding, secrecy, splitting
from huiyin.cases.queries import holds
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.notifications.models import Notice
from huiyin.people.models import Contact
from huiyin.people.operations import Notices, create_contact
from huiyin.privacy import operations as privacy
from huiyin.usecases import holds as clockwork
from huiyin.usecases import own_contact, own_data
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def supervisor():
    return acting.staff(factories.user((Role.SUPERVISOR, None), email="supervisor@x.cn", language="en"))


def held(case, supervisor, *, days=30, reason="Court, file 12"):
    return holding.hold(case.pk, reason=reason, until=clock.today() + days * DAY, actor=supervisor)


def test_neither_time_nor_the_person_erases_what_is_held(whole_case, supervisor):
    case, free = whole_case(days=2000), whole_case(days=2000)
    held(case, supervisor)
    Hold.objects.exclude(reason="Court, file 12").delete()
    assert (privacy.delete_due(), privacy.anonymise_due()) == (1, 0)
    assert list(Case.objects.all()) == [case]
    assert not Case.objects.filter(pk=free.pk).exists()
    for erase in (lambda: privacy.erase_case(case.pk, actor="person"), lambda: own_data.erase(case.pk)):
        with pytest.raises(Conflict, match="bound by law"):
            erase()
    with pytest.raises(Conflict, match="bound by law"):
        own_contact.change(case.pk, name="", phone="", email="", wants=Notices())
    case.refresh_from_db()
    assert case.text
    assert Contact.objects.filter(case=case).exists()
    with pytest.raises(IntegrityError, match="case_held_is_not_erased"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(anonymised_at=clock.now())
    holding.lift(case.pk, why="The court has decided.", actor=supervisor)
    assert privacy.delete_due() == 1
    assert not Case.objects.exists()


def test_a_part_is_kept_with_the_whole(supervisor):
    unit = factories.unit()
    case = factories.case(unit=unit, contact=create_contact(name="张三", phone="13812345678"))
    part = splitting.split(case.pk, part=splitting.Part(text="A part.", version=None), actor=supervisor)
    held(case, supervisor)
    long_ago = clock.now() - 4000 * DAY
    Case.objects.filter(pk=part.pk).update(
        state="closed", outcome="solved", received_at=long_ago, closed_at=long_ago
    )
    assert (privacy.delete_due(), privacy.anonymise_due()) == (0, 0)
    # The other way round: the person cannot erase the whole while a part of it is held.
    holding.lift(case.pk, why="Over.", actor=supervisor)
    held(part, supervisor)
    with pytest.raises(Conflict):
        own_data.erase(case.pk)
    assert Case.objects.get(pk=case.pk).state != "withdrawn", "nothing of it was done"


def test_placing_replacing_and_lifting_stay_on_record(supervisor):
    case = factories.case()
    first = held(case, supervisor, days=10)
    second = held(case, supervisor, days=20, reason="Inquiry")
    first.refresh_from_db()
    assert (first.end, second.ended_at) == ("renewed", None)
    assert Case.objects.get().held_until == clock.today() + 20 * DAY
    holding.lift(case.pk, why="Settled.", actor=supervisor)
    second.refresh_from_db()
    assert (second.end, second.ended_by, second.why_lifted) == ("lifted", supervisor.user, "Settled.")
    assert [row.action for row in Event.objects.order_by("pk")][-3:] == ["hold", "hold", "lift_hold"]
    with pytest.raises(Conflict, match="no legal hold"):
        holding.lift(case.pk, why="Again.", actor=supervisor)


def test_bad_holds_are_refused_and_change_nothing(supervisor):
    unit = factories.unit()
    case = factories.case(unit=unit)
    for reason, days in (("", 5), ("  ", 5), ("x", 0), ("x", -1), ("x", 3000)):
        with pytest.raises(Invalid):
            held(case, supervisor, days=days, reason=reason)
    for role, where in ((Role.UNIT_HEAD, unit), (Role.DISPATCHER, None), (Role.OPERATOR, None)):
        with pytest.raises(Denied):
            held(case, acting.staff(factories.user((role, where))))
    with pytest.raises(Denied):
        held(case, acting.PERSON)
    assert not Hold.objects.exists()
    assert Case.objects.get().held_until is None


def test_what_is_erased_already_cannot_be_held(whole_case, supervisor):
    case = whole_case()
    privacy.erase_case(case.pk, actor="person")
    with pytest.raises(Conflict):
        held(case, supervisor)


def test_a_hold_ends_after_its_day_and_the_supervisors_hear_of_it_once(supervisor):
    one, other = factories.case(), factories.case()
    held(one, supervisor, days=3)
    held(other, supervisor, days=9)
    with time_machine.travel(clock.now() + 3 * DAY):
        assert clockwork.end_and_tell() == 0
    with time_machine.travel(clock.now() + 4 * DAY):
        assert clockwork.end_and_tell() == 1
        assert clockwork.end_and_tell() == 0
        (mail,) = Notice.objects.filter(event="holds")
        assert one.number in mail.body
        assert other.number not in mail.body
        assert [row.case for row in holds.ended(supervisor.user)] == [one]
        assert [row.case for row in holds.running(supervisor.user)] == [other]
    assert Event.objects.filter(action="end_hold", party="system").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_hold_wins_against_a_run_that_has_begun(whole_case, supervisor):
    """The run has chosen its cases when the hold is placed: the row is read anew, and the case stays."""
    case = whole_case(days=2000)
    placed, go = threading.Event(), threading.Event()

    def place():
        with transaction.atomic():
            held(case, supervisor)
            placed.set()
            go.wait(10)
        connections.close_all()

    thread = threading.Thread(target=place)
    thread.start()
    assert placed.wait(10)
    assert privacy.delete_due() == 0, "somebody works on it just then"
    go.set()
    thread.join()
    assert (privacy.delete_due(), privacy.anonymise_due()) == (0, 0)


def test_the_screens(supervisor, client: Client, constant_queries):
    unit = factories.unit()
    case = factories.case(unit=unit)
    client = Client(headers={"accept-language": "en"})
    client.force_login(supervisor.user)
    page = client.get(reverse("desk:hold_list")).text
    assert "No case is under a legal hold" in page
    day = clock.today() + 30 * DAY
    row = Case.objects.get()
    sent = {"revision": row.revision, "seen": row.events.latest("pk").pk, "reason": "Court, file 12"}
    when = {"until_year": day.year, "until_month": day.month, "until_day": day.day}
    bad = client.post(reverse("desk:act", args=[case.number, "hold"]), sent | when | {"until_year": "2020"})
    assert bad.status_code == 422
    assert "Choose a day in the future" in bad.text
    assert client.post(reverse("desk:act", args=[case.number, "hold"]), sent | when).status_code == 302
    page = client.get(reverse("desk:case", args=[case.number])).text
    assert "Legal hold" in page
    assert "Court, file 12" in page
    assert case.number in client.get(reverse("desk:hold_list")).text
    row.refresh_from_db()
    lift = {"revision": row.revision, "seen": row.events.latest("pk").pk, "reason": "Settled."}
    assert client.post(reverse("desk:act", args=[case.number, "lift_hold"]), lift).status_code == 302
    page = client.get(reverse("desk:hold_list") + "?tab=ended").text
    assert "Settled." in page
    constant_queries(
        "desk:hold_list", add=lambda: held(factories.case(unit=unit), supervisor), user=supervisor.user
    )


def test_a_confidential_hold_is_shown_to_nobody_else(supervisor):
    case = factories.case()
    held(case, supervisor)
    auditor, administrator = factories.user((Role.AUDITOR, None)), factories.user((Role.ADMINISTRATOR, None))
    assert [len(holds.running(user)) for user in (auditor, administrator)] == [1, 0]
    secrecy.make_confidential(case.pk, actor=supervisor)
    assert not holds.running(auditor)


def test_the_person_reads_that_it_is_kept_and_until_when(whole_case, supervisor):
    filed = factories.filed()
    held(filed.case, supervisor)
    browser = Client(headers={"accept-language": "en"})
    browser.post("/follow/", {"number": filed.case.number, "secret": filed.secret})
    for address in ("/follow/case/", "/follow/erase/"):
        page = browser.get(address).text
        assert "bound by law" in page
        assert "Court, file 12" not in page
    assert browser.post("/follow/erase/", {"sure": "yes"}).status_code == 409
    assert Case.objects.get(pk=filed.case.pk).text


def test_the_register_of_deletions_says_how_many_and_never_whose(whole_case, constant_queries):
    case = whole_case(days=400)
    privacy.anonymise_due()
    auditor = factories.user((Role.AUDITOR, None))
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(auditor)
    page = browser.get(reverse("manage:deletions")).text
    assert "Anonymised after the set time" in page
    assert case.number not in page
    assert browser.get(reverse("manage:home")).status_code == 200

    def add():
        privacy.erase_case(whole_case().pk, actor="person")

    constant_queries("manage:deletions", add=add, user=auditor)
    browser.force_login(factories.user((Role.SUPERVISOR, None)))
    assert browser.get(reverse("manage:deletions")).status_code == 403
