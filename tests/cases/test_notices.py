"""Who hears of what, in which way, how often, in which words; and that everybody can stop it."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome
from huiyin.cases.operations import acting, handling, notices, person
from huiyin.cases.queries import notice_texts
from huiyin.feedback.enums import Solved
from huiyin.feedback.operations import Given
from huiyin.kernel.errors import Denied, Invalid
from huiyin.notifications import operations as outbox
from huiyin.notifications.enums import Frequency, State, Via
from huiyin.notifications.models import Notice
from huiyin.people import operations as people
from huiyin.usecases import own_contact, wording
from tests import factories

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)


@pytest.fixture
def unit():
    return factories.unit(names={"zh-hans": "照明科", "en": "Lighting"})


@pytest.fixture
def officer(unit):
    return factories.user((Role.OFFICER, unit), email="officer@x.cn")


def filed(unit, **wants):
    contact = people.create_contact(name="张三丰", phone="13812345678", email="zhang@x.cn")
    people.choose_notices(contact, wants=people.Notices(**wants), actor="person")
    contact.refresh_from_db()
    return factories.filed(unit=unit, contact=contact).case


def answer(case, officer, at=NOON):
    with time_machine.travel(at):
        handling.answer(case.pk, text="里面的话", outcome=Outcome.SOLVED, actor=acting.staff(officer))


def to(address_of):
    return [notice for notice in Notice.objects.order_by("pk") if notice.address == address_of]


def test_the_person_hears_in_the_ways_they_chose_and_reads_no_content(unit, officer):
    answer(filed(unit, by_mail=True, by_sms=True), officer)
    mail, sms = to("zhang@x.cn")[0], to("+8613812345678")[0]
    assert (mail.channel, sms.channel) == (Via.EMAIL, Via.SMS)
    for notice in (mail, sms):
        assert "里面的话" not in notice.body
        assert "/follow/stop/" in notice.body
    assert "/v/" in sms.body
    assert "/follow/link/" not in sms.body, "a text message may be read by others on the way"
    assert len(sms.body) < 250


def test_who_chose_nothing_hears_nothing(unit, officer):
    answer(filed(unit), officer)
    assert not Notice.objects.exists()


def test_the_link_of_a_text_message_opens_the_three_questions(client, unit, officer):
    answer(filed(unit, by_sms=True), officer)
    link = next(word for word in to("+8613812345678")[0].body.split() if "/v/" in word)
    with time_machine.travel(NOON + dt.timedelta(hours=1)):
        assert client.get("/v/" + link.partition("/v/")[2]).status_code == 200


def test_nothing_rings_at_night_and_a_digest_comes_in_the_morning(unit, officer):
    answer(filed(unit, by_mail=True), officer, at=NIGHT)
    answer(filed(unit, by_mail=True, daily=True), officer, at=NOON)
    due = sorted(notice.due_at for notice in Notice.objects.all())
    assert due == [dt.datetime(2026, 3, 3, 0, tzinfo=dt.UTC), dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)]


def test_the_stop_link_asks_once_and_then_nothing_more_comes(client, unit, officer):
    case = filed(unit, by_mail=True, by_sms=True)
    with time_machine.travel(NOON):
        handling.inform(case.pk, text="先说一声", actor=acting.staff(officer))
    stop = next(word for word in to("zhang@x.cn")[0].body.split() if "/follow/stop/" in word)
    url = "/follow/stop/" + stop.partition("/follow/stop/")[2]
    assert client.get(url).status_code == 200
    case.contact.refresh_from_db()
    assert case.contact.wants_mail, "programs that look at links stop nothing"
    assert client.post(url).status_code == 200
    assert client.post(url).status_code == 200
    case.contact.refresh_from_db()
    assert (case.contact.wants_mail, case.contact.wants_sms, case.contact.phone) == (
        False,
        False,
        "13812345678",
    )
    assert not Notice.objects.filter(state=State.WAITING).exists()
    answer(case, officer)
    assert not Notice.objects.exists()
    assert client.get("/follow/stop/wrong/").status_code == 404


def test_a_wish_without_an_address_is_refused(unit):
    contact = people.create_contact(phone="13812345678")
    with pytest.raises(Invalid):
        people.choose_notices(contact, wants=people.Notices(by_mail=True), actor="person")
    case = factories.case(unit=unit)
    with pytest.raises(Invalid):
        own_contact.change(case.pk, name="张", phone="", email="", wants=people.Notices(by_sms=True))
    case.refresh_from_db()
    assert case.contact is None, "what was refused left nothing"


def test_the_own_page_keeps_ways_and_frequency(client):
    made = factories.filed()
    client.post(reverse("public:track"), {"number": made.case.number, "secret": made.secret})
    sent = client.post(
        reverse("public:contact"),
        {"name": "", "phone": "13812345678", "email": "z@x.cn", "wants_sms": "on", "daily": "on"},
    )
    assert sent.status_code == 302
    made.case.refresh_from_db()
    contact = made.case.contact
    assert (contact.wants_mail, contact.wants_sms, contact.daily) == (False, True, True)


# --- colleagues -------------------------------------------------------------------------------------------------------


def test_who_is_given_a_case_hears_of_it_and_who_takes_one_does_not(unit, officer):
    head = factories.user((Role.UNIT_HEAD, unit), email="head@x.cn")
    first, second = factories.case(unit=unit), factories.case(unit=unit)
    handling.take(first.pk, officer=officer, actor=acting.staff(officer))
    assert not Notice.objects.exists()
    handling.take(second.pk, officer=officer, actor=acting.staff(head))
    notice = Notice.objects.get()
    assert (notice.event, notice.address, notice.reference) == ("staff_assigned", "officer@x.cn", "")
    assert second.text not in notice.body
    assert second.number in notice.body


def test_not_solved_reaches_the_unit_and_its_supervisor(unit, officer):
    factories.user((Role.UNIT_HEAD, unit), email="head@x.cn")
    factories.user((Role.SUPERVISOR, None), email="boss@x.cn")
    factories.user((Role.UNIT_HEAD, factories.unit()), email="elsewhere@x.cn")
    case = factories.case(unit=unit)
    answer(case, officer)
    person.judge(case.pk, given=Given(contacted=True, solved=Solved.PARTLY, satisfaction=2))
    person.reopen(case.pk, text="还是不亮")
    heard = {(notice.event, notice.address) for notice in Notice.objects.all()}
    assert heard == {
        (event, address)
        for event in ("staff_unsolved", "staff_reopened")
        for address in ("officer@x.cn", "head@x.cn", "boss@x.cn")
    }


@pytest.mark.parametrize(
    ("frequency", "count"), [(Frequency.NEVER, 0), (Frequency.DAILY, 1), (Frequency.EACH, 1)]
)
def test_colleagues_choose_how_often(client, unit, officer, frequency, count):
    client.force_login(officer)
    assert client.get(reverse("desk:my_notices")).status_code == 200
    assert client.post(reverse("desk:my_notices"), {"frequency": frequency.value}).status_code == 302
    officer.refresh_from_db()
    with time_machine.travel(NOON):
        notices.tell_staff(factories.case(unit=unit), "staff_overdue", users=[officer, officer])
    assert Notice.objects.count() == count
    morning = NOON + dt.timedelta(hours=1)
    assert all((notice.due_at > morning) == (frequency == Frequency.DAILY) for notice in Notice.objects.all())


def test_the_group_of_the_unit_hears_too(unit, officer):
    outbox.name_room(unit.pk, url=f"dingtalk://{'a' * 64}/")
    case = factories.case(unit=unit)
    notices.tell_staff(case, "staff_overdue", users=[])
    notice = Notice.objects.get()
    assert (notice.channel, notice.address[:11]) == (Via.CHAT, "dingtalk://")
    assert "照明科" in notice.body


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("event", notice_texts.EVENTS)
def test_shipped_words_are_there_in_every_language_and_use_known_variables(event, language):
    for via in notice_texts.ways(event):
        found = notice_texts.shipped(event, via=via, language=language)
        assert "{number}" in found.subject + found.body
        assert ("{stop}" in found.body) == (event in notice_texts.TO_PERSON)
        filled = notice_texts.filled(found, dict.fromkeys(notice_texts.VARIABLES, "X"))
        assert "{" not in filled.subject + filled.body
        assert language == "en" or any(ord(letter) > 0x4E00 for letter in filled.body)


def test_a_city_says_it_in_its_own_words_and_goes_back(unit, officer):
    admin = factories.user((Role.ADMINISTRATOR, None))
    wording.change("answer", via=Via.EMAIL, language="zh-hans", subject="回信 {number}", body="请看 {link}\n{stop}", actor=admin)  # fmt: skip
    answer(filed(unit, by_mail=True), officer)
    notice = to("zhang@x.cn")[0]
    assert notice.subject.startswith("回信 ")
    wording.reset("answer", via=Via.EMAIL, language="zh-hans", actor=admin)
    assert notice_texts.words("answer", via=Via.EMAIL, language="zh-hans").subject != "回信 {number}"


@pytest.mark.parametrize("body", ["没有停止链接 {link}", "{stop} {secret}", "{stop} {0.__class__}{text}"])
def test_words_without_a_way_out_or_with_unknown_variables_are_refused(body):
    admin = factories.user((Role.ADMINISTRATOR, None))
    with pytest.raises(Invalid):
        wording.change("answer", via=Via.EMAIL, language="en", subject="", body=body, actor=admin)
    with pytest.raises(Denied):
        wording.change("answer", via=Via.EMAIL, language="en", subject="", body="{stop}", actor=factories.user((Role.OPERATOR, None)))  # fmt: skip


def test_screens_of_manage(client, unit, officer, constant_queries):
    admin = factories.user((Role.ADMINISTRATOR, None))
    constant_queries("manage:notice_log", add=lambda: answer(filed(unit, by_mail=True), officer), user=admin)
    page = client.get(reverse("manage:notice_log")).content.decode()
    assert "zhang@x.cn" not in page
    found = client.get(reverse("manage:notice_log"), {"address": "zhang@x.cn"}).content.decode()
    assert found.count(Notice.objects.first().reference) >= 1
    assert client.get(reverse("manage:notices")).status_code == 200
    words = reverse("manage:notice", args=["answer", "sms", "zh-hans"])
    assert client.get(words).status_code == 200
    assert client.post(words, {"body": "没有链接"}).status_code == 422
    assert client.post(words, {"body": "评价：{verdict} 退订：{stop}"}).status_code == 302
    assert client.post(reverse("manage:notice_reset", args=["answer", "sms", "zh-hans"])).status_code == 302
    assert client.get(reverse("manage:notice", args=["answer", "chat", "zh-hans"])).status_code == 404
    room = reverse("manage:unit_room", args=[unit.pk])
    assert client.post(room, {"url": "json://127.0.0.1"}).status_code == 422
    assert client.post(room, {"url": f"feishu://{'c' * 36}"}).status_code == 302


def test_a_failed_notice_stands_on_the_case(client, unit, officer):
    case = filed(unit, by_mail=True)
    answer(case, officer)
    Notice.objects.update(state=State.FAILED, error="SMTPRecipientsRefused 550")
    client.force_login(officer)
    page = client.get(reverse("desk:case", args=[case.number])).content.decode()
    assert "SMTPRecipientsRefused 550" in page
    assert "zhang@x.cn" not in page
