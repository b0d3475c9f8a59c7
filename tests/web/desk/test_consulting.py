"""The organiser's screens: what each role sees, the whole work on screen, and hidden results that stay hidden."""

import datetime as dt
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.consultations.enums import Audience, Results, Standing, State
from huiyin.consultations.models import Code, Consultation, Statement, Vote
from huiyin.consultations.operations import answers, maps, promises, taking_part
from huiyin.consultations.queries import statements
from huiyin.kernel import clock
from tests import staff
from tests.factories import consulting

pytestmark = pytest.mark.django_db
NAMES = (
    "consultation", "consultation_preview", "statements", "statements_new", "codes", "papers", "results", "answers",
    "answers_whole", "promises", "consultation_export", "consultation_edit",
)  # fmt: skip


@pytest.fixture
def head():
    return staff.user(Role.UNIT_HEAD, unit=staff.a_unit())


@pytest.fixture
def browser(head):
    client = staff.browser()
    client.force_login(head)
    return client


def url(name, row, *more):
    return reverse(f"desk:{name}", args=[row.pk, *more])


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, f"{address}: {response.status_code}"
    return response.content.decode()


def form(**given):
    return {
        "code": "lake", "unit": staff.a_unit().pk, "questions_zh-hans": "湖边怎么改？", "questions_en": "What of the lake?",
        "first_day_0": "", "audience": "anyone", "accepts_statements": "yes", "votes_before_writing": "3",
        "moderation": "before", "results": "live",
    } | given  # fmt: skip


def test_from_the_first_word_to_the_archive_on_the_screens_alone(browser, django_capture_on_commit_callbacks):
    today = clock.today()
    year, month, day = str(today.year + 1), "3", "1"
    response = browser.post(
        reverse("desk:consultation_new"),
        form(
            first_day_year=year,
            first_day_month=month,
            first_day_day=day,
            last_day_year=year,
            last_day_month="4",
            last_day_day="15",
        ),
    )
    row = Consultation.objects.get()
    assert response["Location"] == url("consultation", row)
    browser.post(
        url("statements_new", row), {"texts": "多种树。\n\n多放长椅。\n多种树。", "language": "zh-hans"}
    )
    assert row.statements.count() == 2
    assert "多种树。" in page(browser, url("consultation_preview", row))
    assert "Announce" in page(browser, url("consultation", row))
    browser.post(url("consultation_step", row, "schedule"))
    row.refresh_from_db()
    assert row.state == State.SCHEDULED
    with clock.turned_to(row.opens_at):
        from huiyin.usecases import consulting as usecases

        assert usecases.open_and_close_due() == 1
        ids = list(row.statements.values_list("pk", flat=True))
        taking_part.vote(row.pk, statement_id=ids[0], value=1, proof=consulting.somebody())
    assert "Results" in page(browser, url("consultation", row))
    browser.post(url("consultation_step", row, "close"), {"reasons_zh-hans": "方案撤回。"})
    assert "2 statements have no answer yet" in page(browser, url("answers", row))
    decided = {"statements": ids, "decision": "adopted", "reasons_zh-hans": "明年种。", "unit": row.unit_id}
    browser.post(url("answers", row), decided)
    browser.post(url("answers_whole", row), {"conclusions_zh-hans": "谢谢大家。"})
    assert "明年种。" in page(browser, url("answers", row))
    for action in ("answer", "archive"):
        page(browser, url("consultation_step", row, action))
        browser.post(url("consultation_step", row, action))
    row.refresh_from_db()
    assert row.state == State.ARCHIVED
    assert row.statements.filter(answer__decision="adopted").count() == 2


def test_what_is_missing_is_said_before_somebody_tries(browser):
    row = consulting.consultation(opens_at=None, closes_at=None)
    shown = page(browser, url("consultation", row))
    assert "Set when it opens" in shown
    response = browser.post(url("consultation_step", row, "schedule"), follow=True)
    assert "Set when it opens" in response.content.decode()
    assert Consultation.objects.get().state == State.DRAFT


def test_the_end_can_be_moved_later_and_not_earlier(browser):
    row = consulting.opened()
    new = row.closes_at.year + 1
    late = {"last_day_year": new, "last_day_month": 5, "last_day_day": 1, "reasons_zh-hans": "很多人要求。"}
    browser.post(url("consultation_step", row, "extend"), late)
    assert Consultation.objects.get().closes_at.year == new
    early = browser.post(url("consultation_step", row, "extend"), late | {"last_day_year": new - 1})
    assert early.status_code == 422


def test_a_draft_is_changed_once_and_not_over_somebody_elses_change(browser):
    row = consulting.consultation()
    address = url("consultation_edit", row) + "?revision=1"
    assert "湖边公园怎么改？" in page(browser, address)
    assert browser.post(address, form(questions_en="Better?")).status_code == 302
    assert Consultation.objects.get().questions["en"] == "Better?"
    assert browser.post(address, form()).status_code == 422


def test_moderators_go_from_one_waiting_statement_to_the_next(browser):
    row = consulting.opened(votes_before_writing=0)
    written = [
        taking_part.write_statement(row.pk, text=text, language="zh-hans", proof=consulting.somebody(text))
        for text in ("<b>多放</b>长椅。", "卖房请来电。")
    ]
    shown = page(browser, url("statements", row))
    assert "&lt;b&gt;多放" in shown
    assert "data-huiyin-worklist" in shown
    after = browser.post(url("statement", row, written[0].pk), {"publish": "1"})
    assert after["Location"] == url("statement", row, written[1].pk)
    assert browser.post(url("statement", row, written[1].pk), {"remove": "1"}).status_code == 422
    browser.post(url("statement", row, written[1].pk), {"remove": "1", "reason": "advertising"})
    found = dict(Statement.objects.filter(pk__in=[one.pk for one in written]).values_list("pk", "standing"))
    assert found == {written[0].pk: Standing.PUBLISHED, written[1].pk: Standing.REMOVED}
    assert "Advertises something" in page(browser, url("statements", row) + "?standing=removed")


def test_codes_are_shown_once_on_the_page_that_prints_them(browser):
    row = consulting.consultation(audience=Audience.CODES)
    response = browser.post(url("codes", row), {"label": "Lakeside", "count": "3"})
    shown = response.content.decode()
    codes = re.findall(r"<strong>([2-9A-Z]{4}(?:-[2-9A-Z]{4}){3})</strong>", shown)
    assert len(set(codes)) == 3
    assert "<svg" in shown
    assert response["Cache-Control"] == "no-store"
    assert Code.objects.count() == 3
    later = page(browser, url("codes", row))
    assert not [code for code in codes if code in later or code in page(browser, url("consultation", row))]
    batch = row.batches.get()
    browser.post(url("codes_revoke", row, batch.pk))
    assert "revoked" in page(browser, url("codes", row))
    assert browser.post(url("codes", row), {"label": "x", "count": "5001"}).status_code == 422


def test_an_operator_enters_sheets_one_after_the_other():
    row = consulting.opened()
    client = staff.browser()
    client.force_login(staff.user(Role.OPERATOR))
    ids = list(row.statements.values_list("pk", flat=True))
    assert "Not answered" in page(client, url("papers", row))
    sheet = {"via": "paper", "sheet": "7", f"vote_{ids[0]}": "1", f"vote_{ids[1]}": "-1"}
    assert client.post(url("papers", row), sheet).status_code == 302
    client.post(url("papers", row), sheet | {f"vote_{ids[0]}": "0"})
    assert statements.votes_of(row, type(consulting.somebody())("sheet", "7")) == {0: 0, 1: -1}
    assert client.post(url("papers", row), {"via": "phone"}).status_code == 422
    assert client.post(url("papers", row), {"via": "phone", f"vote_{ids[0]}": "2"}).status_code == 422
    assert Vote.objects.count() == 4


def test_results_are_told_in_words_and_tables(browser):
    row = consulting.opened(seeds=tuple(f"第{number}条建议。" for number in range(12)))
    consulting.planted(row)
    maps.refresh(row.pk)
    shown = page(browser, url("results", row))
    for words in ("30 people cast", "Where all agree", "Group 2", "15 people", "no random sample", "Web"):
        assert words in shown


@pytest.mark.parametrize("role", [*Role, None])
def test_hidden_results_are_on_no_screen_of_any_role(role):
    row = consulting.opened(seeds=("第一条。", "第二条。"), results=Results.AFTER_CLOSE)
    consulting.planted(row)
    maps.refresh(row.pk)
    client = staff.browser()
    if role:
        where = staff.a_unit() if role in {Role.OFFICER, Role.UNIT_HEAD} else None
        client.force_login(staff.user(role, unit=where))
    for name in NAMES:
        response = client.get(url(name, row))
        if name in {"results", "consultation_export"}:
            assert response.status_code in {302, 403, 404}
        body = response.content.decode() if not response.streaming else ""
        assert "Where all agree" not in body
        assert url("results", row) not in body


def test_other_units_do_not_know_that_a_consultation_exists(head):
    row = consulting.consultation(unit=staff.a_unit("parks"))
    client = staff.browser()
    client.force_login(head)
    for name in NAMES:
        assert client.get(url(name, row)).status_code in {403, 404}, name
    assert row.code not in page(client, reverse("desk:consultations"))


def test_an_officer_moderates_and_does_nothing_else():
    row = consulting.opened()
    client = staff.browser()
    client.force_login(staff.user(Role.OFFICER, unit=staff.a_unit()))
    page(client, url("statements", row))
    for name in ("answers", "codes", "consultation_export", "statements_new", "consultation_edit"):
        assert client.get(url(name, row)).status_code == 403, name
    assert client.post(url("consultation_step", row, "close"), {"reasons_en": "x"}).status_code == 403


def test_a_consultation_goes_out_as_zip_and_comes_in_again(browser):
    row = consulting.opened(seeds=tuple(f"第{number}条建议。" for number in range(8)))
    consulting.planted(row)
    row = consulting.closed(row)
    response = browser.get(url("consultation_export", row))
    content = b"".join(response.streaming_content)
    assert "votes.csv" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    sent = {"code": "again", "unit": row.unit_id, "language": "zh-hans", "what": "all"}
    browser.post(reverse("desk:consultation_import"), sent | {"file": SimpleUploadedFile("x.zip", content)})
    again = Consultation.objects.get(code="again")
    assert again.participants.count() == 30
    bad = browser.post(
        reverse("desk:consultation_import"),
        sent | {"code": "bad", "file": SimpleUploadedFile("x.zip", b"no zip")},
    )
    assert bad.status_code == 422
    assert "no ZIP" in bad.content.decode()


def test_a_promise_is_made_changed_and_settled_on_its_screens(browser):
    row = consulting.closed(consulting.opened(seeds=("第一条。", "第二条。")))
    assert "Nothing is adopted yet" in page(browser, url("promises", row))
    ids = list(row.statements.values_list("pk", flat=True))
    decided = {"statements": ids, "decision": "adopted", "reasons_zh-hans": "明年种。", "unit": row.unit_id}
    browser.post(url("answers", row), decided)
    answer = row.answers.get().pk
    due = clock.today() + dt.timedelta(days=20)
    made = {
        "whats_zh-hans": "种二十棵树", "proofs_zh-hans": "照片", "unit": row.unit_id,
        "due_on_year": due.year, "due_on_month": due.month, "due_on_day": due.day,
    }  # fmt: skip
    assert browser.post(url("promise", row, answer), made | {"whats_zh-hans": ""}).status_code == 422
    assert browser.post(url("promise", row, answer), made).status_code == 302
    assert "种二十棵树" in page(browser, url("promise", row, answer))
    browser.post(url("answers_whole", row), {"conclusions_zh-hans": "谢谢大家。"})
    assert "Change the promise" in page(browser, url("promises", row))
    browser.post(url("consultation_step", row, "answer"))
    shown = page(browser, url("promises", row))
    assert "Change the promise" not in shown
    assert "Say what became of it" in shown
    assert "became of every promise" in page(browser, url("consultation", row))
    told = {"state": "kept", "outcomes_zh-hans": "树种好了。", "link": "https://city.example/"}
    assert (
        browser.post(url("promise_settle", row, answer), told | {"link": "nowhere at all"}).status_code == 422
    )
    assert browser.post(url("promise_settle", row, answer), told).status_code == 302
    assert "树种好了。" in page(browser, url("promises", row))
    assert browser.get(url("promise_settle", row, 10**9)).status_code == 404


def test_the_promises_cost_the_same_for_one_and_for_three(constant_queries, head):
    row = consulting.closed(consulting.opened(seeds=tuple(f"第{number}条。" for number in range(6))))
    left = list(row.statements.values_list("pk", flat=True))

    def add():
        verdict = answers.Verdict(decision="adopted", reasons={"en": "Good."}, unit=row.unit)
        made = answers.decide(row.pk, statement_ids=[left.pop()], verdict=verdict, actor="system")
        pledge = promises.Pledge(
            whats={"en": "Trees"}, proofs={"en": "See"}, unit=row.unit, due_on=clock.today()
        )
        promises.promise(row.pk, answer_id=made.pk, pledge=pledge, actor="system")

    constant_queries("desk:promises", add=add, user=head, kwargs={"pk": row.pk})


def test_the_list_costs_the_same_for_one_and_for_three(constant_queries, head):
    constant_queries("desk:consultations", add=consulting.opened, user=head)


def test_the_queue_costs_the_same_for_one_and_for_three(constant_queries, head):
    row = consulting.opened(votes_before_writing=0)
    serial = iter(range(100))

    def add():
        text = f"第{next(serial)}句。"
        taking_part.write_statement(row.pk, text=text, language="zh-hans", proof=consulting.somebody(text))

    constant_queries("desk:statements", add=add, user=head, kwargs={"pk": row.pk})
    constant_queries("desk:consultation", add=add, user=head, kwargs={"pk": row.pk})
