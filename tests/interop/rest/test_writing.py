"""Filing and working by a program: the form's rules, once only, and never over somebody else's change."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.models import GivenAnswer
from huiyin.audit.models import Record
from huiyin.cases.models import Case, CaseFile, Note
from huiyin.cases.operations import acting, handling
from huiyin.files.models import StoredFile
from huiyin.usecases import clockwork
from tests import factories
from tests.factories import uploads
from tests.interop.rest.conftest import Program

pytestmark = pytest.mark.django_db


def photo():
    return SimpleUploadedFile("灯.jpg", uploads.picture(), content_type="image/jpeg")


NEW = {"text": "门口的路灯不亮"}


def test_a_program_files_a_case_like_the_form(program):
    unit = factories.unit()
    factories.service(code="lights", unit=unit)
    answer = program.post(
        "/cases",
        NEW
        | {
            "service": "lights",
            "kind": "complaint",
            "language": "en",
            "place": {"text": "Main Street 1", "lat": 26.1, "lon": 119.3},
            "contact": {"name": "李四", "phone": "13800138000"},
            "anonymity": "dispatcher",
        },
    )
    assert answer.status_code == 201
    case = Case.objects.get(number=answer.data["number"])
    assert answer["Location"] == f"/api/v1/cases/{case.number}"
    assert (case.text, case.kind, case.language, case.unit, case.channel.code) == (
        NEW["text"], "complaint", "en", unit, "api",
    )  # fmt: skip
    assert (case.lat, case.lon, case.anonymity, case.contact.name) == (26.1, 119.3, "dispatcher", "李四")
    assert answer.data["case"]["number"] == case.number
    assert "李四" not in answer.content.decode()
    assert case.leaf_hash
    assert case.promised_at
    opened = program.client.post("/follow/", {"number": case.number, "secret": answer.data["code"]})
    assert opened.status_code == 302, "the code opens the person's page"
    assert Record.objects.filter(
        action="case.filed_by_program", actor=f"user:{program.row.user_id}", subject=f"case:{case.pk}"
    ).exists()


def test_a_program_that_only_files_learns_the_number_and_nothing_else(db):
    factories.channel("api")
    filer = Program(Scope.FILE_CASES)
    answer = filer.post("/cases", NEW)
    assert (answer.status_code, answer.data["case"]) == (201, None)
    assert filer.get(f"/cases/{answer.data['number']}").status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": "  \n"}, "/text"),
        ({"text": "x" * 40_000}, "/text"),
        ({"text": "a\u0000b"}, "/text"),
        (NEW | {"service": "none"}, "/service"),
        (NEW | {"kind": "none"}, "/kind"),
        (NEW | {"place": {"lat": 91, "lon": 1}}, "/place/lat"),
        (NEW | {"place": {"lat": 1}}, "/place/lat"),
        (NEW | {"place": {"area": "000"}}, "/place/area"),
        (NEW | {"contact": {"phone": "no number"}}, "/contact/phone"),
        (NEW | {"contact": {"wants_mail": True}}, "/contact/email"),
        (NEW | {"anonymity": "nobody", "contact": {"name": "x"}}, "/anonymity"),
        (NEW | {"answers": {"none": "x"}}, "/answers/none"),
        (NEW | {"files": ["none"]}, "/files"),
        (NEW | {"files": [str(number) for number in range(11)]}, "/files"),
        (NEW | {"phone": "1"}, "/phone"),
    ],
)
def test_bad_input_is_refused_with_its_place_and_nothing_is_stored(program, body, pointer):
    answer = program.post("/cases", body)
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.data["errors"]]
    assert not Case.objects.exists()
    assert not GivenAnswer.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "1", "null", '"x"', b"\xff\xfe", '{"text": "\\ud800"}', "{}{}"]
)
def test_broken_json_is_no_fault(program, body):
    answer = program.post("/cases", body)
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"
    assert not Case.objects.exists()


def test_questions_of_the_service_are_asked(program):
    from huiyin.questionnaires.models import Form

    form = Form.objects.create(
        questions=[
            {"code": "since", "type": "date", "labels": {"en": "Since when?"}, "required": True},
            {"code": "dark", "type": "yes_no", "labels": {"en": "Is it dark?"}},
        ]
    )
    factories.service(code="lights", form=form)
    listed = program.get("/services/lights").data
    assert [(row["code"], row["required"]) for row in listed["questions"]] == [
        ("since", True),
        ("dark", False),
    ]
    refused = program.post("/cases", NEW | {"service": "lights", "answers": {"dark": "perhaps"}})
    assert {error["pointer"] for error in refused.data["errors"]} == {"/answers/since", "/answers/dark"}
    taken = program.post(
        "/cases", NEW | {"service": "lights", "answers": {"since": "2026-11-01", "dark": "yes"}}
    )
    assert [row["value"] for row in taken.data["case"]["answers"]] == ["2026-11-01", "yes"]


def test_a_file_is_sent_first_and_belongs_to_one_case(program):
    kept = program.send(photo())
    assert kept.status_code == 201
    assert kept.data["content_type"] == "image/jpeg"
    filed = program.post("/cases", NEW | {"files": [kept.data["token"]]})
    assert filed.status_code == 201
    shown = filed.data["case"]["files"][0]
    assert shown["sha256"] == kept.data["sha256"]
    opened = program.client.get(shown["url"].partition("8000")[2])
    assert opened.status_code == 200
    assert b"".join(opened.streaming_content)[:2] == b"\xff\xd8"
    again = program.post("/cases", NEW | {"files": [kept.data["token"]]})
    assert (again.status_code, again.data["errors"][0]["pointer"]) == (422, "/files")
    assert CaseFile.objects.count() == 1


def test_a_file_that_no_case_may_hold_is_refused(program):
    answer = program.send(SimpleUploadedFile("x.exe", b"MZ" + b"\0" * 100))
    assert (answer.status_code, answer.data["errors"][0]["pointer"]) == (422, "/file")
    assert not StoredFile.objects.exists()
    assert program.client.post("/api/v1/files", {}).status_code == 422


def test_the_same_request_twice_happens_once_and_is_answered_alike(program):
    first = program.post("/cases", NEW, Idempotency_Key="a")
    again = program.post("/cases", NEW, Idempotency_Key="a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Location"] == first["Location"]
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert Case.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM accounts_givenanswer t WHERE t::text LIKE %s", [f"%{first.data['number']}%"]
        )
        assert cursor.fetchone()[0] == 0, "the stored answer is encrypted"


def test_a_mark_is_for_one_request_of_one_program(program):
    program.post("/cases", NEW, Idempotency_Key="a")
    other = program.post("/cases", {"text": "x"}, Idempotency_Key="a")
    assert (other.status_code, other.data["code"]) == (422, "mark_used")
    case = factories.case()
    elsewhere = program.post(f"/cases/{case.number}/notes", NEW, Idempotency_Key="a")
    assert elsewhere.data["code"] == "mark_used"
    assert Program().post("/cases", NEW, Idempotency_Key="a").status_code == 201
    assert program.post("/cases", NEW, Idempotency_Key="x" * 300).status_code == 422
    assert Case.objects.filter(text=NEW["text"]).count() == 2


def test_what_was_refused_may_be_mended_under_the_same_mark(program):
    assert program.post("/cases", NEW | {"service": "none"}, Idempotency_Key="a").status_code == 422
    assert program.post("/cases", NEW, Idempotency_Key="a").status_code == 201


def test_the_same_file_twice_is_kept_once(program):
    first = program.send(photo(), Idempotency_Key="f")
    again = program.send(photo(), Idempotency_Key="f")
    assert first.data == again.data
    assert StoredFile.objects.count() == 1


def test_answers_are_forgotten_after_a_day(program):
    program.post("/cases", NEW, Idempotency_Key="a")
    assert clockwork.forget_given_answers() == 0
    GivenAnswer.objects.update(created_at="2020-01-01T00:00:00Z")
    assert clockwork.forget_given_answers() == 1


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_the_same_moment_one_wins():
    factories.channel("api")
    program = Program()
    start, answers = threading.Barrier(5), []

    def call():
        start.wait()
        answers.append(program.post("/cases", NEW, Idempotency_Key="same"))
        connection.close()

    threads = [threading.Thread(target=call) for _thread in range(5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Case.objects.count() == 1


def test_an_officers_program_works_on_a_case(officer):
    case = factories.case(unit=officer.unit)
    path = f"/cases/{case.number}"
    signed = officer.post(f"{path}/moves", {"action": "sign_for"})
    assert (signed.status_code, signed.data["state"]) == (201, "accepted")
    started = officer.post(f"{path}/moves", {"action": "start"}, If_Match=officer.get(path)["ETag"])
    assert started.data["state"] == "in_progress"
    note = officer.post(f"{path}/notes", {"text": "看过了"}, Idempotency_Key="n")
    assert note.data["revision"] == started.data["revision"] + 1
    officer.post(f"{path}/notes", {"text": "看过了"}, Idempotency_Key="n")
    assert Note.objects.count() == 1
    asked = officer.post(f"{path}/replies", {"kind": "question", "text": "哪里？"})
    assert asked.data["kind"] == "question"
    assert officer.post(f"{path}/moves", {"action": "resume"}).data["state"] == "in_progress"
    answered = officer.post(f"{path}/replies", {"kind": "answer", "text": "修好了", "outcome": "solved"})
    assert (answered.data["outcome"], answered.data["in_time"]) == ("solved", True)
    assert officer.get(path).data["state"] == "answered"


@pytest.mark.django_db(transaction=True)
def test_a_letter_claims_its_files_or_leaves_them_free():
    """With real commits: without an idempotency key no transaction stands around the verb."""
    factories.channel("api")
    unit = factories.unit()
    program, case = Program(*Scope, role=Role.OFFICER, unit=unit), factories.case(unit=unit)
    for action in ("sign_for", "start"):
        assert program.post(f"/cases/{case.number}/moves", {"action": action}).status_code == 201
    path, token = f"/cases/{case.number}/replies", program.send(photo()).data["token"]
    letter = {"kind": "information", "text": "x", "files": [token]}
    assert program.post(path, letter | {"files": ["nobody's"]}).status_code == 422
    assert program.post(path, letter | {"text": ""}).status_code == 422
    assert program.post(path, letter).status_code == 201
    assert CaseFile.objects.count() == 1
    assert program.post(path, letter).status_code == 422


def test_a_change_in_between_is_never_written_over(officer):
    case = factories.case(unit=officer.unit)
    path = f"/cases/{case.number}"
    tag = officer.get(path)["ETag"]
    handling.write_note(case.pk, text="x", actor=acting.staff(factories.user((Role.OFFICER, case.unit))))
    late = officer.post(f"{path}/moves", {"action": "sign_for"}, If_Match=tag)
    assert (late.status_code, late.data["code"]) == (412, "changed")
    letter = {"kind": "answer", "text": "x", "outcome": "solved"}
    assert officer.post(f"{path}/replies", letter, If_Match=tag).status_code == 412
    assert officer.post(f"{path}/replies", letter, If_Match='"nonsense"').status_code == 412
    assert Case.objects.get(pk=case.pk).state == "assigned"
    assert officer.post(f"{path}/moves", {"action": "sign_for"}, If_Match="*").status_code == 201


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("moves", {"action": "start"}, 409),
        ("moves", {"action": "assign", "unit": "roads"}, 403),
        ("moves", {"action": "assign"}, 422),
        ("moves", {"action": "explode"}, 422),
        ("replies", {"kind": "answer", "text": "x"}, 422),
        ("replies", {"kind": "answer", "text": "x", "outcome": "duplicate"}, 422),
        ("replies", {"kind": "answer", "text": " ", "outcome": "solved"}, 422),
        ("notes", {"text": ""}, 422),
        ("notes", {"text": "x", "public": True}, 422),
    ],
)
def test_what_the_table_of_moves_forbids_is_refused(officer, path, body, status):
    factories.unit(code="roads")
    case = factories.case(unit=officer.unit)
    answer = officer.post(f"/cases/{case.number}/{path}", body)
    assert answer.status_code == status, answer.content
    assert Case.objects.get(pk=case.pk).revision == 1


@pytest.mark.parametrize("path", ["moves", "replies", "notes"])
def test_a_case_of_others_is_missing_and_reading_is_not_working(officer, path):
    body = {
        "moves": {"action": "start"},
        "replies": {"kind": "information", "text": "x"},
        "notes": {"text": "x"},
    }[path]
    assert officer.post(f"/cases/{factories.case().number}/{path}", body).status_code == 404
    reader = Program(Scope.READ_CASES, role=Role.OFFICER, unit=officer.unit)
    case = factories.case(unit=officer.unit)
    assert reader.post(f"/cases/{case.number}/{path}", body).status_code == 403


def test_a_dispatchers_program_sends_cases_on(program):
    target = factories.unit(code="roads")
    case = factories.case()
    answer = program.post(
        f"/cases/{case.number}/moves", {"action": "assign", "unit": "roads", "reason": "道路"}
    )
    assert answer.data["unit"] == "roads"
    assert Case.objects.get(pk=case.pk).unit == target
