"""What every search engine for cases must do: the database's, before and after its index is up to date, and a plain one."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from huiyin.cases import searchers
from huiyin.cases.logic import indexing as rules
from huiyin.cases.models import Case, WordIndex
from huiyin.cases.operations import indexing
from huiyin.cases.ports import Hit, Looked
from huiyin.cases.queries import indexing as state
from huiyin.cases.queries import matching
from huiyin.cases.searchers import PostgresSearch
from huiyin.engines.text import pipeline, query
from huiyin.kernel import clock
from huiyin.kernel.ports import Health
from tests import factories

pytestmark = pytest.mark.django_db
TEXTS = {
    "noise": "楼下工地夜间施工，噪聲擾民。",
    "sound": "广场舞噪音太大，孩子睡不着。",
    "light": "东门的路灯坏了，夜间看不见。Street light A-17",
    "works": "夜间道路施工没有警示灯。",
    "cars": "停车场收费太贵，停车场也没有灯。",
}


class PlainSearch:
    """Looks at every case and knows no index."""

    def newest(self, looked, *, most, before=None):
        rows = [row for row in Case.objects.order_by("-received_at", "-id") if self._fits(looked, row)]
        hits = [Hit(r.pk, r.received_at, r.state, r.kind, r.unit_id, r.service_id) for r in rows]
        return [hit for hit in hits if not before or (hit.received_at, hit.pk) < before][:most]

    def ranked(self, looked, hits):
        return sorted(hits, key=lambda hit: -self._count(looked, Case.objects.get(pk=hit.pk)))

    def check(self):
        return Health(ok=True, detail="plain")

    def _fits(self, looked, row):
        said = self._squeezed(f"{row.text}\n{row.place_text}")
        wanted = [any(self._squeezed(c) in said for c in term.alternatives) for term in looked.words.wanted]
        excluded = [
            any(self._squeezed(c) in said for c in term.alternatives) for term in looked.words.excluded
        ]
        return (
            row.words is not None and bool(wanted) and all(wanted) and not any(excluded)
            and Case.objects.filter(looked.visible, pk=row.pk).exists()
            and all(
                not allowed or value in allowed
                for value, allowed in (
                    (row.unit_id, looked.units), (row.state, looked.states),
                    (row.kind, looked.kinds), (row.service_id, looked.services),
                )
            )
            and (not looked.begin or row.received_at >= looked.begin)
            and (not looked.end or row.received_at < looked.end)
        )  # fmt: skip

    def _count(self, looked, row):
        said = self._squeezed(row.text)
        return sum(said.count(self._squeezed(c)) for term in looked.words.wanted for c in term.alternatives)

    @staticmethod
    def _squeezed(text):
        runs = pipeline.runs(pipeline.normalise(text))
        return "".join(run.text if run.is_cjk else pipeline.stem(run.text) for run in runs)


def _current(engine):
    assert indexing.catch_up() >= 0
    return engine


ENGINES = {
    "plain": PlainSearch,
    "database": PostgresSearch,
    "database, current": lambda: _current(PostgresSearch()),
}


@pytest.fixture
def units():
    return factories.unit(), factories.unit()


@pytest.fixture
def cases(units):
    """One case a day, the first the oldest; the last two of the other unit."""
    made = {}
    for day, (name, text) in enumerate(TEXTS.items()):
        with clock.turned_to(dt.datetime(2026, 3, 1 + 20 * (day % 2) + day, tzinfo=dt.UTC)):
            made[name] = factories.case(text=text, unit=units[day > 2])
    return made


@pytest.fixture(params=ENGINES)
def find(request, cases):
    engine = ENGINES[request.param]()
    names = {case.pk: name for name, case in cases.items()}

    def ask(typed, *, most=50, before=None, best=False, **given):
        looked = Looked(words=query.search_query(typed), **{"visible": Q()} | given)
        hits = engine.newest(looked, most=most, before=before)
        return [names[hit.pk] for hit in (engine.ranked(looked, hits) if best else hits)]

    ask.engine = engine
    return ask


def by_date(cases, *names):
    return sorted(names, key=lambda name: cases[name].received_at, reverse=True)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("噪音", ["noise", "sound"]),
        ("噪聲", ["noise", "sound"]),
        ("噪声扰民", ["noise", "sound"]),
        ("夜间施工", ["noise", "works"]),
        ('"夜间施工"', ["noise"]),
        ("夜间 -施工", ["light"]),
        ("street LIGHTS", ["light"]),
        ("a-17", ["light"]),
        ("停車場", ["cars"]),
        ("灯", ["cars", "light", "works"]),
        ("长颈鹿", []),
        ("", []),
        ("-路灯", []),
        ("'; drop table", []),
    ],
)
def test_it_finds_what_was_said_newest_first(find, cases, typed, expected):
    assert find(typed) == by_date(cases, *expected)


def test_it_never_leaves_the_units_of_the_searcher(find, units):
    mine, other = units
    assert set(find("灯", visible=Q(unit=other))) == {"works", "cars"}
    assert find("灯", visible=Q(unit=mine), units=(other.pk,)) == []
    assert find("灯", visible=Q(pk__in=())) == []


def test_filters_leave_what_fits(find, cases, units):
    works = cases["works"]
    Case.objects.filter(pk=cases["cars"].pk).update(kind="complaint")
    assert find("灯", services=(works.service_id,)) == ["works"]
    assert set(find("灯", states=("assigned",))) == {"light", "works", "cars"}
    assert find("灯", states=("closed",)) == []
    assert find("灯", states=("accepted", "in_progress")) == [], "open too, but others"
    assert set(find("灯", states=("accepted", "assigned"))) == {"light", "works", "cars"}
    assert find("灯", kinds=("complaint",)) == ["cars"]
    moment = works.received_at
    assert "works" in find("灯", begin=moment)
    assert "works" not in find("灯", end=moment)


def test_pages_follow_each_other(find, cases):
    whole = find("灯")
    paged, before = [], None
    for _turn in itertools.repeat(None, len(whole)):
        page = find("灯", most=1, before=before)
        paged += page
        before = (cases[page[0]].received_at, cases[page[0]].pk)
    assert paged == whole
    assert find("灯", most=1, before=before) == []


def test_the_best_is_what_speaks_of_it_most(find):
    assert find("停车场 灯", best=True) == ["cars"]
    assert find("夜间", best=True)[0] in {"noise", "light", "works"}
    assert set(find("夜间", best=True)) == set(find("夜间"))


def test_what_was_erased_is_not_found(find, cases):
    Case.objects.filter(pk=cases["noise"].pk).update(words=None, text="")
    assert find("施工") == ["works"]


def test_health_speaks(find):
    health = find.engine.check()
    assert health.ok
    assert str(health.detail)


def test_marks_of_the_index_cannot_be_typed(find):
    assert find("202603") == []
    assert find("~202603") == []
    assert not Case.objects.filter(matching.fits(query.search_query("~202603").tsquery())).exists()


@pytest.mark.parametrize("most", [1, 3, 7, 50])
@pytest.mark.parametrize("engine", [PlainSearch(), PostgresSearch()], ids=["plain", "database"])
def test_the_newest_come_first_however_far_back_they_lie(db, engine, most):
    now = clock.now()
    days = [1, 0, 3, 40, 44, 46, 100, 100, 400, 1_050, 1_200, 4_000]
    made = [factories.case(text="路灯坏了") for _day in days]
    for case, day in zip(made, days, strict=True):
        Case.objects.filter(pk=case.pk).update(received_at=now - dt.timedelta(days=day, minutes=1))
    for row in Case.objects.all():
        Case.objects.filter(pk=row.pk).update(
            words=rules.case_words(row.text, "", received_at=row.received_at)
        )
    WordIndex.objects.update_or_create(kind=state.CASES, defaults={"version": rules.INDEX_VERSION})
    state.forget(state.CASES)
    looked = Looked(words=query.search_query("路灯"), visible=Q())
    expected = sorted(days)
    found = engine.newest(looked, most=most)
    assert [(now - hit.received_at).days for hit in found] == expected[:most]
    rest = engine.newest(looked, most=50, before=(found[-1].received_at, found[-1].pk))
    assert [(now - hit.received_at).days for hit in rest] == expected[most:]


@pytest.mark.parametrize(
    ("states", "days", "most", "looks"),
    [
        (["in_progress"], [1, 900], 501, 1),  # few are open: all at once
        (["in_progress", "closed"], [1, 900], 501, 2),  # the first days, then more than ever was
        ([], [900], 501, 2),  # none in the first days: weeks could not fill the list
        ([], [30, 900], 1, 2),  # but they may fill a short one
        ([], [1, 900], 1, 1),
    ],
)
def test_the_index_is_looked_through_no_more_often_than_helps(db, states, days, most, looks):
    now = clock.now()
    for day in days:
        case, at = factories.case(text="路灯坏了"), now - dt.timedelta(days=day)
        words = rules.case_words(case.text, "", received_at=at)
        Case.objects.filter(pk=case.pk).update(received_at=at, state="in_progress", words=words)
    WordIndex.objects.update_or_create(kind=state.CASES, defaults={"version": rules.INDEX_VERSION})
    state.forget(state.CASES)
    looked = Looked(words=query.search_query("路灯"), visible=Q(), states=tuple(states))
    PostgresSearch().newest(looked, most=most)  # whether the index is up to date is remembered
    with CaptureQueriesContext(connection) as captured:
        found = PostgresSearch().newest(looked, most=most)
    assert len(found) == min(most, len(days))
    assert sum("@@" in one["sql"] for one in captured) == looks


@pytest.mark.parametrize(("days", "by_month"), [(40, True), (600, False)])
def test_months_are_only_named_where_they_are_few(days, by_month):
    """Naming many costs more than the entries that they spare."""
    word, since = searchers._fitting("'路灯'", clock.now(), dt.timedelta(days=days))
    assert (pipeline.MARK in str(word)) is by_month
    assert "received_at__gte" in str(since)


@pytest.mark.parametrize("usual", [2, 5, 10, 50, 400])
def test_the_second_look_reaches_far_enough_where_chance_gave_the_first_too_many(usual):
    found = round(usual + 1.6 * usual**0.5)
    assert searchers._room(found) * usual >= found


def test_the_second_look_allows_for_a_week_with_busier_days():
    assert searchers._room(0) > searchers._room(9) > searchers._room(10_000) == 1.5


def test_what_a_search_sets_ends_with_it_also_within_a_transaction(db):
    with connection.cursor() as cursor:
        for _time in range(2):
            with searchers._by_sets():
                cursor.execute("SHOW enable_seqscan")
                assert cursor.fetchone() == ("off",)
            cursor.execute("SELECT current_setting('enable_seqscan'), current_setting('statement_timeout')")
            assert cursor.fetchone() == ("on", "0")
