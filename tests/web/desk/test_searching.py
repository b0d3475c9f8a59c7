"""The search of staff: what is found, never what may not be opened, filters with counts, orders, pages."""

import pytest
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.models import Case
from huiyin.cases.queries import searching
from huiyin.cases.queries.searching import Asked, Order
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def other():
    return factories.unit(names={"en": "Noise unit", "zh-hans": "噪声科"})


@pytest.fixture
def mine(unit):
    return factories.case(unit=unit, text="楼下噪聲擾民，路灯也坏了")


@pytest.fixture
def theirs(other):
    return factories.case(unit=other, text="广场舞噪音太大")


@pytest.fixture
def dispatcher():
    return factories.user((Role.DISPATCHER, None))


def page(client, user, **given):
    client.force_login(user)
    return client.get(reverse("desk:search"), given)


def test_an_officer_finds_the_own_units_and_never_others(client, officer, mine, theirs):
    answer = page(client, officer, q="噪音").text
    assert mine.number in answer
    assert theirs.number not in answer
    assert "太大" not in answer
    assert theirs.number not in page(client, officer, q="噪音", unit=theirs.unit_id).text


def test_everything_is_found_by_whoever_sees_everything_with_counts(client, dispatcher, mine, theirs):
    answer = page(client, dispatcher, q="噪音").text
    assert mine.number in answer
    assert theirs.number in answer
    assert "2 cases fit." in answer
    narrowed = page(client, dispatcher, q="噪音", unit=theirs.unit_id).text
    assert "1 case fits." in narrowed
    assert mine.number not in narrowed
    assert "take this filter away" in narrowed


def test_what_was_found_is_marked_and_nothing_is_markup(client, dispatcher, unit):
    factories.case(unit=unit, text="<b>噪聲擾民</b>")
    answer = page(client, dispatcher, q="噪音").text
    assert "&lt;b&gt;<mark>噪聲擾民</mark>&lt;/b&gt;" in answer


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "What are you looking for"),
        ({"q": "-噪音"}, "There is nothing to look for"),
        ({"q": "！！！"}, "There is nothing to look for"),
        ({"q": "长颈鹿"}, "No case fits"),
        ({"q": "噪音", "state": "closed"}, "No case fits"),
        (
            {"q": "噪音", "state": "nonsense", "unit": "x", "service": "9" * 30, "order": "x", "after": "~"},
            "2 cases",
        ),
        ({"q": "噪音", "since": "not a day", "area": "nowhere"}, "2 cases"),
        ({"q": "噪音", "order": "best", "after": "99999"}, "No case fits"),
        ({"q": "噪\x00音", "after": "2026-01-01T00:00:00~1"}, "噪"),
    ],
)
def test_whatever_is_typed_is_answered(client, dispatcher, mine, theirs, given, expected):
    answer = page(client, dispatcher, **given)
    assert answer.status_code == 200
    assert expected in answer.text


def test_pages_follow_each_other_in_both_orders(dispatcher, unit, monkeypatch):
    made = [
        factories.case(
            unit=unit, text="路灯坏了。" + ("路灯、路灯。" if n % 2 else "别的事情，说来话长，以后再说。")
        ).pk
        for n in range(5)
    ]
    monkeypatch.setattr(searching, "PAGE", 2)
    for order in Order:
        seen, after = [], ""
        while True:
            found = searching.find(dispatcher, Asked(text="路灯", order=order, after=after))
            seen += [row.case.pk for row in found.rows]
            after = found.after
            if not after:
                break
        assert sorted(seen) == made
        assert seen == (
            made[::-1] if order is Order.NEWEST else [made[3], made[1], made[4], made[2], made[0]]
        )


def test_a_list_that_is_longer_than_what_is_counted_says_so(client, dispatcher, mine, theirs, monkeypatch):
    monkeypatch.setattr(searching, "MOST_COUNTED", 1)
    assert "More than 1 cases fit." in page(client, dispatcher, q="噪音").text
    text = page(client, dispatcher, q="噪音", order="best").text
    assert "More than 1 cases fit. The best of the newest 1." in " ".join(text.split())


def test_on_a_phone_the_hits_stand_before_the_filters_and_a_link_leads_to_these(client, dispatcher, mine):
    text = page(client, dispatcher, q="路灯").text
    places = [text.index(part) for part in ('href="#search-filters"', "hy-hits", 'id="search-filters"')]
    assert places == sorted(places)


def test_one_row_costs_as_many_queries_as_three(constant_queries, dispatcher, unit):
    constant_queries(
        "desk:search", add=lambda: factories.case(unit=unit), user=dispatcher, query="?q=路灯&order=best"
    )


def test_erased_cases_are_not_found(client, dispatcher, mine):
    Case.objects.filter(pk=mine.pk).update(words=None, text="")
    assert "No case fits" in page(client, dispatcher, q="路灯").text


def test_confidential_cases_are_found_only_by_those_who_may_open_them(client, officer, dispatcher, mine):
    Case.objects.filter(pk=mine.pk).update(is_confidential=True)
    assert "No case fits" in page(client, officer, q="路灯").text
    assert mine.number in page(client, dispatcher, q="路灯").text
