"""Reading cases by a program: what the screens show and to whom, and nothing else."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.accounts.enums import Role, Scope
from huiyin.cases.enums import Outcome
from huiyin.cases.models import Case
from huiyin.cases.operations import acting, handling, person
from huiyin.feedback import operations as feedback
from huiyin.feedback.enums import Solved
from huiyin.kernel import clock
from huiyin.people import operations as people
from tests import factories
from tests.interop.rest.conftest import Program

pytestmark = pytest.mark.django_db
SECRET = "Li Hidden 13800138000 hidden@example.cn"


def with_contact(**given):
    contact = people.create_contact(name="Li Hidden", phone="13800138000", email="hidden@example.cn")
    return factories.case(contact=contact, **given)


def test_a_program_reads_the_cases_of_its_role_and_no_others(officer):
    own, other = factories.case(unit=officer.unit), factories.case()
    assert [row["number"] for row in officer.get("/cases").data["items"]] == [own.number]
    assert officer.get(f"/cases/{own.number}").data["number"] == own.number
    for path in ("", "/timeline", "/replies"):
        answer = officer.get(f"/cases/{other.number}{path}")
        assert (answer.status_code, answer.data["code"]) == (404, "missing")
    nobody = Program(Scope.READ_CASES, role=Role.OFFICER, unit=factories.unit())
    assert nobody.get("/cases").data == {"items": [], "next": None}


@pytest.mark.parametrize("path", ["/cases", "/cases/12345678903", "/cases/12345678903/timeline"])
def test_without_the_right_key_nothing_is_read(path, db):
    wrong = Client(headers={"authorization": "Bearer hy_wrong"}).get(f"/api/v1{path}")
    none = Client().get(f"/api/v1{path}")
    for answer in (wrong, none):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
    other = Program(Scope.FILE_CASES).get(path)
    assert (other.status_code, other.data["code"]) == (403, "not_in_scope")


def test_contact_data_are_in_no_answer(program):
    case = with_contact()
    handling.assign(case.pk, unit=case.unit, actor=acting.staff(factories.user((Role.DISPATCHER, None))))
    said = "".join(
        program.get(f"/cases{path}").content.decode()
        for path in ("", f"/{case.number}", f"/{case.number}/timeline", f"/{case.number}/replies")
    )
    assert case.number in said
    assert not [part for part in SECRET.split() if part in said]


def test_a_case_has_what_was_said_and_a_list_only_when_asked(program):
    case = factories.case(text="水管漏了")
    assert "text" not in program.get("/cases").data["items"][0]
    assert program.get("/cases?fields=text,state").data["items"] == [
        {"number": case.number, "text": "水管漏了", "state": "assigned"}
    ]
    whole = program.get(f"/cases/{case.number}").data
    assert (whole["text"], whole["files"], whole["answers"]) == ("水管漏了", [], [])
    assert program.get(f"/cases/{case.number}?fields=state").data == {
        "number": case.number,
        "state": "assigned",
    }
    refused = program.get("/cases?fields=state,phone")
    assert (refused.status_code, refused.data["errors"][0]["pointer"]) == (422, "/fields")


def test_pages_follow_each_other_and_hold_everything_once(program):
    made = {factories.case().number for _case in range(7)}
    seen, after = [], ""
    while True:
        page = program.get(f"/cases?limit=3&after={after}").data
        seen += [row["number"] for row in page["items"]]
        if page["next"] is None:
            break
        after = page["next"].replace("+", "%2B")
    assert (len(seen), set(seen)) == (7, made)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("service=lights", 1),
        ("service=lights&service=roads", 2),
        ("service=unknown", 0),
        ("state=assigned", 2),
        ("state=closed", 0),
        ("channel=web", 2),
        ("channel=unknown", 0),
        ("kind=praise", 0),
        ("q=路灯", 2),
        ("q=不存在的词", 0),
        ("since=2200-01-01", 0),
        ("list=overdue", 0),
        ("list=open&limit=1", 1),
    ],
)
def test_filters_narrow(program, query, count):
    unit = factories.unit()
    for code in ("lights", "roads"):
        factories.case(version=factories.service(code=code, unit=unit).current)
    assert len(program.get(f"/cases?{query}").data["items"]) == count


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=-1", "/limit"),
        ("limit=9999999999999999999999", "/limit"),
        ("state=gone", "/state/0"),
        ("list=none", "/list"),
        ("since=yesterday", "/since"),
        ("since=0001-01-01", "/since"),
        (f"q={'x' * 301}", "/q"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(program, query, pointer):
    answer = program.get(f"/cases?{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.data["errors"][0]["pointer"] == pointer


def test_the_timeline_tells_what_happened_without_names(program):
    case = factories.case()
    officer = factories.user((Role.OFFICER, case.unit), name="王职员")
    who = acting.staff(officer)
    handling.write_note(case.pk, text="内部", actor=who)
    handling.ask(case.pk, text="哪一盏？", actor=who)
    person.write(case.pk, text="门口那盏")
    handling.answer(case.pk, text="修好了", outcome=Outcome.SOLVED, actor=who)
    person.judge(case.pk, given=feedback.Given(solved=Solved.YES, contacted=True, satisfaction=5))
    answer = program.get(f"/cases/{case.number}/timeline")
    items = answer.data["items"]
    assert [row["action"] for row in items] == [
        "file", "assign", "note", "ask", "person_writes", "answer", "rate",
    ]  # fmt: skip
    assert [row["text"] for row in items if row["text"]] == ["内部", "哪一盏？", "门口那盏", "修好了"]
    assert items[1]["facts"]["unit"] == case.unit.code
    assert items[5]["facts"]["outcome"] == "solved"
    assert "王职员" not in answer.content.decode()
    letters = program.get(f"/cases/{case.number}/replies").data["items"]
    assert [row["kind"] for row in letters] == ["question", "answer"]
    assert letters[1]["verdict"]["solved"] == "yes"
    assert letters[1]["in_time"] is True


def test_a_tag_saves_what_is_known_and_changes_with_the_case(program):
    case = factories.case()
    first = program.get(f"/cases/{case.number}")
    tag = first["ETag"]
    assert tag.startswith('"1-')
    again = program.get(f"/cases/{case.number}", if_none_match=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    handling.write_note(case.pk, text="x", actor=acting.staff(factories.user((Role.OFFICER, case.unit))))
    new = program.get(f"/cases/{case.number}", if_none_match=f'W/"x", {tag}')
    assert (new.status_code, new["ETag"][:3]) == (200, '"2-')


def test_head_is_answered_like_get(program):
    factories.case()
    answer = program.client.head("/api/v1/cases")
    assert (answer.status_code, answer.content) == (200, b"")


def test_what_is_left_of_the_minute_is_in_the_headers(db):
    program = Program(Scope.READ_CASES, per_minute=2)
    left = [program.get("/cases") for _call in range(3)]
    assert [answer.status_code for answer in left] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in left] == ["1", "0", "0"]
    assert left[2].data["code"] == "too_many"
    assert 0 < int(left[2]["Retry-After"]) <= 60


def test_a_list_costs_the_same_whatever_it_holds(program):
    costs = []
    for count in (1, 5):
        for _case in range(count):
            with_contact()
        program.get("/cases?limit=100&state=assigned&fields=text")
        with CaptureQueriesContext(connection) as queries:
            answer = program.get("/cases?limit=100&state=assigned&fields=text")
        assert answer.status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


@pytest.mark.parametrize("path", ["", "/timeline", "/replies"])
def test_a_case_costs_few_queries(program, path):
    case = with_contact()
    officer = acting.staff(factories.user((Role.OFFICER, case.unit)))
    for _letter in range(4):
        handling.inform(case.pk, text="x", actor=officer)
    program.get(f"/cases/{case.number}{path}")
    with CaptureQueriesContext(connection) as queries:
        assert program.get(f"/cases/{case.number}{path}").status_code == 200
    assert len(queries) <= 12


def test_addresses_that_are_none_and_methods_that_are_none(program):
    nothing = program.get("/nothing")
    assert (nothing.status_code, nothing["Content-Type"]) == (404, "application/problem+json")
    wrong = program.client.delete("/api/v1/cases")
    assert (wrong.status_code, wrong["Allow"]) == (405, "GET, POST")
    assert wrong["Content-Type"] == "application/problem+json"


def test_moments_are_in_utc_with_zone(program):
    case = factories.case()
    shown = program.get(f"/cases/{case.number}").data["received_at"]
    assert dt.datetime.fromisoformat(shown) == case.received_at
    assert shown.endswith("Z")


def test_a_copy_is_kept_by_asking_what_changed(program):
    unit = factories.unit()
    old, new = (factories.case(unit=unit) for _case in range(2))
    begin = clock.now()
    Case.objects.filter(pk=old.pk).update(last_step_at=begin - dt.timedelta(days=2))
    Case.objects.filter(pk=new.pk).update(last_step_at=begin)

    def found(**given):
        items = program.get(f"/cases?{urlencode(given)}").data["items"]
        return {row["number"]: row["changed_at"] for row in items}

    assert set(found(changed_since=begin.isoformat())) == {new.number}
    assert set(found(changed_before=begin.isoformat())) == {old.number}
    both = {"changed_since": "2020-01-01T00:00:00+08:00", "changed_before": "2199-01-01T00:00:00Z"}
    assert set(found(**both)) == {old.number, new.number}
    handling.sign_for(old.pk, actor=acting.staff(factories.user((Role.OFFICER, unit))))
    changed = found(changed_since=begin.isoformat())
    assert set(changed) == {old.number, new.number}
    assert changed[old.number] > changed[new.number]


@pytest.mark.parametrize("moment", ["2026-01-31T08:00:00", "2026-01-31", "yesterday", "0001-01-01T00:00:00Z"])
def test_a_moment_without_its_zone_is_refused(program, moment):
    answer = program.get(f"/cases?{urlencode({'changed_since': moment})}")
    assert answer.status_code == 422
    assert answer.data["errors"][0]["pointer"] == "/changed_since"
