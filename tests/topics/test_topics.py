"""Hot topics: found, stable from run to run, decided on by supervisors, shown to those who see all cases."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Denied, Invalid, Missing
from huiyin.notifications.models import Notice
from huiyin.topics import logic
from huiyin.topics.enums import TopicState
from huiyin.topics.models import Topic, TopicCase
from huiyin.topics.operations import deciding, finding
from huiyin.topics.queries import showing
from huiyin.usecases import hot_topics
from tests import factories

pytestmark = pytest.mark.django_db
NOISE = "桂花小区旁边的工地半夜施工，噪声扰民，居民无法睡觉{}"
LIGHT = "滨江路的路灯坏了，没有人来修，晚上走路很黑{}"
OTHER = ("公交车太少", "社保如何补缴", "孩子入学需要什么材料", "自来水有异味")


@pytest.fixture
def version():
    return factories.service(unit=factories.unit()).current


@pytest.fixture
def cases(version):
    made = [factories.case(text=NOISE.format("吵" * n), version=version).pk for n in range(6)]
    for text in OTHER:
        factories.case(text=text, version=version)
    return made


@pytest.fixture
def supervisor():
    return factories.user((Role.SUPERVISOR, None), email="supervisor@example.org", language="en")


def members(topic):
    return set(TopicCase.objects.filter(topic=topic).values_list("case_id", flat=True))


def test_what_several_people_write_about_is_a_topic_in_their_words(cases, version):
    (pk,) = finding.refresh()
    topic = Topic.objects.get()
    assert pk == topic.pk
    assert members(topic) == set(cases)
    assert topic.title in NOISE
    assert (topic.size, topic.recent, topic.service_id) == (6, 6, version.service_id)


def test_too_few_are_none(cases):
    Case.objects.filter(pk__in=cases[: 6 - logic.SMALLEST + 1]).update(words=None, text="")
    assert finding.refresh() == []


def test_a_topic_of_today_is_the_topic_of_yesterday(cases, version):
    finding.refresh()
    topic = Topic.objects.get()
    more = factories.case(text=NOISE.format("，求助"), version=version).pk
    for number in range(5):
        factories.case(text=LIGHT.format("啊" * number), version=version)
    found = finding.refresh()
    assert members(topic) == {*cases, more}
    assert len(found) == 1
    assert Topic.objects.count() == 2
    assert finding.refresh() == []


def test_what_a_person_moved_stays_moved(cases, supervisor):
    finding.refresh()
    topic = Topic.objects.get()
    part = deciding.split(topic.pk, case_ids=cases[:2], title="夜间施工", actor=supervisor)
    finding.refresh()
    assert members(part) == set(cases[:2])
    assert members(topic) == set(cases[2:])
    part.refresh_from_db()
    assert (part.size, part.recent) == (2, 2)


def test_merging_closing_and_becoming_quiet(cases, version, supervisor):
    for number in range(5):
        factories.case(text=LIGHT.format("啊" * number), version=version)
    one, other = sorted(finding.refresh())
    deciding.merge(one, into=other, actor=supervisor)
    assert Topic.objects.get(pk=one).state == TopicState.MERGED
    assert Topic.objects.get(pk=other).size == 11
    with pytest.raises(Conflict):
        deciding.merge(one, into=other, actor=supervisor)
    with pytest.raises(Invalid):
        deciding.merge(other, into=other, actor=supervisor)
    with clock.turned_to(clock.now() + logic.WINDOW + dt.timedelta(days=1)):
        finding.refresh()
    assert Topic.objects.get(pk=other).state == TopicState.QUIET


def test_new_cases_like_closed_ones_make_a_new_topic(cases, version, supervisor):
    (pk,) = finding.refresh()
    deciding.close(pk, actor=supervisor)
    assert finding.refresh() == []
    for number in range(5):
        factories.case(text=NOISE.format("呀" * number), version=version)
    (new,) = finding.refresh()
    assert members(Topic.objects.get(pk=new)).isdisjoint(cases)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [({"case_ids": [], "title": "x"}, Invalid), ({"case_ids": "all", "title": "x"}, Invalid), ({"case_ids": "one", "title": " \x00"}, Invalid)],
)  # fmt: skip
def test_a_split_takes_some_cases_and_a_name(cases, supervisor, given, refusal):
    (pk,) = finding.refresh()
    chosen = {"all": cases, "one": cases[:1]}.get(str(given["case_ids"]), [])
    with pytest.raises(refusal):
        deciding.split(pk, case_ids=chosen, title=given["title"], actor=supervisor)


def test_only_supervisors_decide(cases):
    (pk,) = finding.refresh()
    dispatcher = factories.user((Role.DISPATCHER, None))
    for act in (
        lambda: deciding.name(pk, words="x", actor=dispatcher),
        lambda: deciding.close(pk, actor=dispatcher),
        lambda: deciding.watch(pk, user=dispatcher),
        lambda: deciding.merge(pk, into=pk + 1, actor=dispatcher),
    ):
        with pytest.raises(Denied):
            act()
    with pytest.raises(Missing):
        deciding.name(pk + 99, words="x", actor=factories.user((Role.SUPERVISOR, None)))


def test_supervisors_hear_of_new_topics_without_peoples_words(cases, supervisor):
    assert hot_topics.look() == 1
    assert hot_topics.look() == 0
    (notice,) = Notice.objects.filter(event="topics")
    assert "1 new hot topic" in notice.subject
    assert "噪声" not in notice.subject + notice.body
    assert not mail.outbox


def test_personal_data_never_becomes_a_title(version):
    for number in range(6):
        factories.case(
            text=f"我叫张三丰电话13812345678，桂花小区工地噪声扰民{'吵' * number}", version=version
        )
    finding.refresh()
    assert "138" not in Topic.objects.get().title


def test_the_usual_level_is_that_of_the_season_where_it_is_known():
    now = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
    assert logic.usual_weeks(now, first=None) == []
    assert logic.usual_weeks(now, first=now - dt.timedelta(days=800))[1] == now - logic.YEAR
    assert len(logic.usual_weeks(now, first=now - dt.timedelta(days=100))) == 8
    assert len(logic.usual_weeks(now, first=now - dt.timedelta(days=22))) == 2
    assert logic.growth(9, 3.0) == 3
    assert logic.growth(9, 0.2) == 9
    assert logic.growth(9, None) is None
    assert logic.most_frequent({1: 2, 2: 1, None: 3}) is None
    assert logic.most_frequent({1: 3, 2: 1}) == 1


def test_the_time_line_has_every_day(cases):
    finding.refresh()
    days = showing.timeline(Topic.objects.get())
    assert len(days) == 29
    assert days[-1].count == 6


def test_screens_and_what_they_do(client, cases, supervisor):
    (pk,) = finding.refresh()
    client.force_login(supervisor)
    page = reverse("desk:topic", args=[pk])
    assert Topic.objects.get().title in client.get(reverse("desk:topics")).text
    assert client.post(reverse("desk:topic_decide", args=[pk, "name"]), {"name": "<b>工地"}).url == page
    assert "&lt;b&gt;工地" in client.get(page).text
    client.post(reverse("desk:topic_decide", args=[pk, "watch"]))
    assert Topic.objects.get().watchers.get() == supervisor
    client.post(reverse("desk:topic_decide", args=[pk, "unwatch"]))
    assert client.post(reverse("desk:topic_decide", args=[pk, "merge"]), {"into": "x"}).status_code == 422
    assert client.post(reverse("desk:topic_decide", args=[pk, "nonsense"])).status_code == 404
    part = client.post(
        reverse("desk:topic_decide", args=[pk, "split"]), {"case": cases[:2], "name": "夜间"}
    ).url
    assert "夜间" in client.get(part).text
    client.post(reverse("desk:topic_decide", args=[pk, "close"]))
    assert "<b>" not in client.get(reverse("desk:topics_earlier")).text.split("<main")[1]
    assert client.get(reverse("desk:topic", args=[pk + 99])).status_code == 404


def test_who_sees_no_other_units_sees_no_topics(client, cases):
    (pk,) = finding.refresh()
    client.force_login(factories.user((Role.OFFICER, factories.unit())))
    for address in (reverse("desk:topics"), reverse("desk:topics_earlier"), reverse("desk:topic", args=[pk])):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("name", ["desk:topics", "desk:topics_earlier"])
def test_lists_cost_the_same_for_one_and_for_three(constant_queries, supervisor, version, name):
    def add():
        state = TopicState.OPEN if name == "desk:topics" else TopicState.CLOSED
        Topic.objects.create(
            title="x", state=state, service=version.service, first_at=clock.now(), last_at=clock.now()
        )

    constant_queries(name, add=add, user=supervisor)


def test_a_topic_costs_the_same_for_one_case_and_for_three(constant_queries, supervisor, version):
    topic = Topic.objects.create(title="x", first_at=clock.now(), last_at=clock.now())

    def add():
        TopicCase.objects.create(topic=topic, case=factories.case(version=version))

    constant_queries("desk:topic", kwargs={"pk": topic.pk}, add=add, user=supervisor)


def test_confidential_cases_are_in_no_topic(client, cases):
    Case.objects.filter(pk=cases[0]).update(is_confidential=True)
    (pk,) = finding.refresh()
    assert members(Topic.objects.get()) == set(cases[1:])
    Case.objects.filter(pk=cases[1]).update(is_confidential=True)
    client.force_login(factories.user((Role.AUDITOR, None)))
    numbers = dict(Case.objects.filter(pk__in=cases).values_list("pk", "number"))
    shown = client.get(reverse("desk:topic", args=[pk])).text
    assert numbers[cases[1]] not in shown
    assert numbers[cases[2]] in shown
