"""Rules: when they hold, that they come first, what a dry run says, filing by themselves, reviews that stop them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.accounts.enums import Role
from huiyin.audit.models import Record
from huiyin.cases.enums import State
from huiyin.cases.models import Case, Event, Precedent
from huiyin.cases.operations import acting, handling
from huiyin.cases.queries import disputes, timeline
from huiyin.catalogue.enums import Kind
from huiyin.engines.text.phrases import Said
from huiyin.engines.text.query import search_query
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.triage import logic
from huiyin.triage.enums import Mode, Question, Source, Taken
from huiyin.triage.models import Decision, Proposal, Review, Rule
from huiyin.triage.operations import learning, proposing, reviewing, ruling
from huiyin.triage.queries import answers, matters, trying
from huiyin.web.components import sentences
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)


def facts(text="路灯不亮", **more):
    return logic.Facts(said=Said.of(text), at=MONDAY, **more)


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ({"words": ("路燈",)}, True), ({"words": ("井盖", "路灯")}, True), ({"words": ("井盖",)}, False),
        ({"service_ids": frozenset({1})}, True), ({"service_ids": frozenset({2})}, False),
        ({"area_code": "35"}, True), ({"area_code": "36"}, False), ({"kind": "help"}, True),
        ({"kind": "praise"}, False), ({"unit_id": 7}, True), ({"unit_id": 8}, False),
        ({"weekdays": frozenset({0})}, True), ({"weekdays": frozenset({5, 6})}, False),
        ({"hour_from": 22, "hour_until": 6}, True), ({"hour_from": 6, "hour_until": 22}, False),
        ({"hour_from": 23}, True), ({"hour_until": 23}, False), ({"words": ("路灯",), "kind": "praise"}, False),
        ({}, False),
    ],
)  # fmt: skip
def test_a_rule_holds_if_everything_that_is_given_fits_and_never_without_a_condition(conditions, holds):
    found = logic.holds(
        logic.Conditions(**conditions), facts(service_id=1, unit_id=7, area_code="350102", kind="help")
    )
    assert (found is not None) is holds


@given(
    text=st.text("路灯不亮，。 abLeaks噪聲a1", max_size=30),
    phrase=st.text("路灯不亮 abLeaks噪聲1", max_size=6),
)
def test_a_text_says_what_the_index_would_find(text, phrase):
    """The dry run asks the index, a new case is asked here: both must say the same."""
    from django.db import connection

    from huiyin.engines.text import pipeline

    wanted = search_query(f'"{phrase}"').tsquery()
    found = False
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [pipeline.search_vector(text), wanted])
            found = cursor.fetchone()[0]
    assert Said.of(text).says(phrase) == found


def make(lights, noise, **given):
    return ruling.create_rule(
        ruling.Draft(**{"name": "夜间噪音", "words": ("施工",), "then_service": noise} | given),
        actor="system",
    )


def test_a_rule_comes_before_words_and_names_itself(waiting, lights, noise):
    rule = make(lights, noise, words=("小区",))
    found = answers.everything(matters.of_case(waiting))
    choice = found.best(Question.SERVICE)
    assert (choice.value, choice.source, choice.rule_name) == (str(noise.pk), Source.RULE, rule.name)
    assert found.best(Question.UNIT).value == str(noise.current.unit_id)
    assert found.answers[Question.SERVICE][1].value == str(lights.pk), "the others stay as second thoughts"


def test_the_first_rule_that_holds_answers_and_they_can_be_moved(waiting, lights, noise):
    make(lights, noise, words=("小区",), then_kind="complaint")
    second = make(lights, noise, name="second", words=("小区",), then_service=lights)
    ask = lambda: answers.services(matters.of_case(waiting))[0].value  # noqa: E731
    assert ask() == str(noise.pk)
    ruling.move_up(second.pk, actor="system")
    assert ask() == str(lights.pk)
    ruling.switch_rule(second.pk, mode=Mode.OFF, actor="system")
    assert ask() == str(noise.pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"words": ()}, "words"), ({"name": " "}, "name"), ({"then_service": None}, "then_service"),
        ({"words": ("x" * 41,)}, "words"), ({"words": tuple(f"w{n}" for n in range(51))}, "words"),
        ({"hour_from": 24}, "hour_from"), ({"hour_until": 0}, "hour_until"), ({"sample_percent": 0}, "sample_percent"),
        ({"most_disagreement": 101}, "most_disagreement"),
    ],
)  # fmt: skip
def test_senseless_rules_are_refused_at_their_field(wrong, field, lights, noise):
    with pytest.raises(Invalid) as refused:
        make(lights, noise, **wrong)
    assert field in refused.value.fields
    assert not Rule.objects.exists()


def test_only_administrators_write_rules_and_each_change_is_on_record(lights, noise):
    with pytest.raises(Denied):
        ruling.create_rule(
            ruling.Draft(name="x", words=("x",), then_service=noise),
            actor=factories.user((Role.DISPATCHER, None)),
        )
    make(lights, noise)
    assert Record.objects.filter(action="triage.rule.created").exists()


# --- dry run --------------------------------------------------------------------------------------------------------


def test_a_dry_run_says_where_officers_decided_otherwise(lights, noise, dispatcher):
    rule = make(lights, noise)
    actor = acting.staff(dispatcher)
    for number in range(6):
        case = factories.case(version=None, text=f"{number}号楼夜里施工")
        chosen = noise if number < 4 else lights
        handling.classify(case.pk, version=chosen.current, kind=Kind.HELP, actor=actor)
        handling.assign(case.pk, unit=chosen.current.unit, actor=actor)
    factories.case(version=None, text="别的事")
    tried = trying.run(rule, months=3)
    assert (tried.held, tried.otherwise[Question.SERVICE]) == (6, 2)
    assert tried.percent_otherwise(Question.SERVICE) == 33
    assert tried.elsewhere[Question.SERVICE] == [(str(lights.pk), 2)]
    assert Proposal.objects.count() == 0, "nothing is written"


def test_a_dry_run_asks_how_a_case_stood_when_it_came_in(lights, noise):
    rule = make(lights, noise, words=(), service=lights)
    case = factories.case(version=lights.current, text="路灯")
    officer = factories.user((Role.OFFICER, lights.current.unit))
    handling.classify(case.pk, version=noise.current, kind=Kind.HELP, actor=acting.staff(officer))
    tried = trying.run(rule, months=1)
    assert (tried.held, tried.otherwise[Question.SERVICE]) == (1, 0)


# --- by itself ------------------------------------------------------------------------------------------------------


@pytest.fixture
def automatic(lights, noise):
    rule = make(lights, noise, then_kind="complaint", sample_percent=100, most_disagreement=20)
    return ruling.switch_rule(rule.pk, mode=Mode.AUTOMATIC, actor="system")


def test_a_rule_files_by_itself_marked_in_the_timeline_and_sampled(automatic, noise):
    case = factories.case(version=None, text="夜里施工")
    proposing.propose(case.pk)
    row = Case.objects.get(pk=case.pk)
    assert (row.service, row.unit_id, row.state, row.kind) == (
        noise,
        noise.current.unit_id,
        State.ASSIGNED,
        "complaint",
    )
    told = [s.title for s in sentences.story_for_staff(timeline.for_staff(row))]
    assert any("by the rule “夜间噪音”" in title for title in told)
    assert Event.objects.filter(case=row, data__ground__rule=automatic.pk).count() == 2
    assert Decision.objects.get(case=row, question="service").is_automatic
    assert Review.objects.filter(case=row, rule=automatic).exists()


def test_nothing_is_filed_by_itself_that_somebody_has_touched_or_that_is_only_proposed(
    automatic, lights, dispatcher
):
    case = factories.case(version=lights.current, text="夜里施工")
    officer = factories.user((Role.OFFICER, lights.current.unit))
    handling.sign_for(case.pk, actor=acting.staff(officer))
    proposing.propose(case.pk)
    assert Case.objects.get(pk=case.pk).service == lights
    ruling.switch_rule(automatic.pk, mode=Mode.PROPOSES, actor="system")
    waiting = factories.case(version=None, text="夜里施工")
    proposing.propose(waiting.pk)
    assert Case.objects.get(pk=waiting.pk).state == State.RECEIVED


def test_a_threshold_files_only_what_has_no_service_and_is_sure_enough(lights, noise, monkeypatch):
    ruling.set_threshold(
        noise, percent=60, mode=Mode.AUTOMATIC, sample_percent=100, most_disagreement=10, actor="system"
    )
    sure = matters.Choice(value=str(noise.pk), probability=0.59, source=Source.MODEL)
    monkeypatch.setattr(
        answers, "_learnt", lambda question, *_m: [sure] if question is Question.SERVICE else []
    )
    case = factories.case(version=None, text="很吵")
    proposing.propose(case.pk)
    assert Case.objects.get(pk=case.pk).service is None
    sure = matters.Choice(value=str(noise.pk), probability=0.97, source=Source.MODEL)
    chosen, none = (
        factories.case(version=lights.current, text="很吵"),
        factories.case(version=None, text="很吵"),
    )
    proposing.propose(chosen.pk)
    proposing.propose(none.pk)
    assert Case.objects.get(pk=chosen.pk).service == lights, "what the person chose stays"
    row = Case.objects.get(pk=none.pk)
    assert (row.service, row.unit_id) == (noise, noise.current.unit_id)
    told = [s.title for s in sentences.story_for_staff(timeline.for_staff(row))]
    assert any("97 % sure" in title for title in told)


def test_reviews_that_disagree_stop_a_rule_and_manage_can_start_it_again(automatic, dispatcher):
    for number in range(5):
        case = factories.case(version=None, text=f"{number} 施工")
        proposing.propose(case.pk)
    reviews = list(Review.objects.order_by("pk"))
    for row in reviews[:3]:
        reviewing.agree(row.pk, user=dispatcher)
    reviewing.disagree(reviews[3].pk, user=dispatcher)
    automatic.refresh_from_db()
    assert automatic.mode == Mode.AUTOMATIC, "four reviews are too few"
    reviewing.disagree(reviews[4].pk, user=dispatcher)
    automatic.refresh_from_db()
    assert automatic.mode == Mode.PROPOSES
    assert automatic.stopped_at is not None
    assert Record.objects.filter(action="triage.rule.stopped").exists()
    again = ruling.switch_rule(automatic.pk, mode=Mode.AUTOMATIC, actor="system")
    assert again.stopped_at is None
    with pytest.raises(Conflict):
        reviewing.agree(reviews[0].pk, user=dispatcher)
    with pytest.raises(Denied):
        reviewing.agree(reviews[0].pk, user=factories.user((Role.OFFICER, factories.unit())))


def test_officers_who_change_what_was_filed_by_itself_count_as_disagreeing(automatic, lights, noise):
    officer = acting.staff(factories.user((Role.OFFICER, noise.current.unit), (Role.DISPATCHER, None)))
    for number in range(5):
        case = factories.case(version=None, text=f"{number} 施工")
        proposing.propose(case.pk)
        handling.classify(case.pk, version=lights.current, kind=Kind.HELP, actor=officer)
        learning.note([case.pk])
    automatic.refresh_from_db()
    assert automatic.mode == Mode.PROPOSES
    assert set(Decision.objects.filter(question="service").values_list("became", flat=True)) == {
        Taken.CHANGED
    }


@pytest.mark.parametrize("percent", [1, 10, 50])
def test_the_sample_is_about_the_set_share_and_nobody_can_choose_it(percent):
    share = sum(logic.sampled(case, percent) for case in range(20_000)) / 200
    assert abs(share - percent) < max(1.0, percent / 10)


def test_a_precedent_names_the_unit_in_a_like_matter_until_it_is_revoked(waiting, lights, noise, dispatcher):
    row = Precedent.objects.create(
        service=lights,
        unit=noise.current.unit,
        matter="小区门口的路灯",
        ground="由环保科负责",
        decided_by=dispatcher,
    )
    best = answers.everything(matters.of_case(waiting)).best(Question.UNIT)
    assert (best.value, best.source, best.rule_name) == (
        str(noise.current.unit_id),
        Source.PRECEDENT,
        row.matter,
    )
    other = factories.case(version=None, text="灯杆歪了，不亮")
    assert answers.everything(matters.of_case(other)).best(Question.UNIT).source == Source.FOLLOWS
    Precedent.objects.update(revoked_at=MONDAY, revoked_why="改了")
    disputes.forget_in_force(lights.pk)
    assert answers.everything(matters.of_case(waiting)).best(Question.UNIT).source == Source.FOLLOWS
