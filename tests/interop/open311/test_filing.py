"""Filing through the interface: the very path of the public form, and nothing stored where something is wrong."""

import json
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.accounts.models import Program
from huiyin.accounts.operations import programs
from huiyin.audit import operations as audit
from huiyin.audit.models import Leaf, Record
from huiyin.cases.enums import Action, Anonymity, ReplyKind, State
from huiyin.cases.models import Case
from huiyin.cases.operations import opening
from huiyin.cases.queries import receipts
from huiyin.kernel import clock
from huiyin.usecases import jobs  # noqa: F401 -- the application as it runs
from tests import factories
from tests.factories import uploads
from tests.interop.open311 import shapes
from tests.interop.open311.conftest import counted, publish

pytestmark = pytest.mark.django_db
FORMS = ("json", "xml")
PATH = "/open311/v2/requests"
PLACE = {"lat": "26.0745", "long": "119.2965"}


def given(city, **more):
    return {"api_key": city.key, "service_code": "potholes", "description": "A deep hole", **PLACE} | more


def filed(browser, fields, form="json", **options):
    response = browser.post(f"{PATH}.{form}", fields, **options)
    assert response.status_code == 200, response.content.decode()
    (row,) = shapes.read(response, form, "service_requests", "request")
    return row


def refused(browser, fields, form, status, **options):
    """The errors, after checking that nothing at all was stored."""
    before = counted()
    said = shapes.errors(browser.post(f"{PATH}.{form}", fields, **options), status, form)
    assert counted() == before
    return " ".join(said)


@pytest.mark.parametrize("form", FORMS)
def test_a_case_is_filed_by_the_path_of_the_public_form(browser, city, form):
    row = filed(
        browser,
        given(
            city,
            address_string="学校门口",
            first_name="悦",
            last_name="林",
            email="lin@example.org",
            account_id="7",
        ),
        form,
    )
    if form == "json":
        shapes.receipt(row)
    case = Case.objects.get(number=row["service_request_id"])
    assert (case.text, case.place_text, case.lat, case.lon) == ("A deep hole", "学校门口", 26.0745, 119.2965)
    assert (case.contact.name, case.contact.email) == ("林悦", "lin@example.org")
    assert (case.state, case.unit, case.channel.code) == (State.ASSIGNED, city.other, "api")
    assert case.due_at > clock.now()
    assert case.language == "en"
    assert row["account_id"] == "7"
    assert [event.action for event in case.events.all()] == [Action.FILE, Action.ASSIGN]
    assert Leaf.objects.filter(leaf_hash=bytes.fromhex(case.leaf_hash)).exists()
    record = Record.objects.get(subject=f"case:{case.pk}")
    assert record.data["source"] == f"program:{Program.objects.get(name='City app').pk}"
    audit.sign_tree_head()
    assert receipts.receipt(case.number, url="http://x")["tree_head"]["size"] == 1


def test_the_person_can_follow_the_case_with_what_the_program_got(browser, city):
    row = filed(browser, given(city))
    code = row["service_notice"].split("look-up code ")[1].split(" ")[0]
    assert opening.for_person(row["service_request_id"], code, address="1.2.3.4").text == "A deep hole"


def test_the_promised_date_is_what_the_list_says(browser, city):
    case = Case.objects.get(number=filed(browser, given(city))["service_request_id"])
    publish(case)
    (row,) = browser.get(f"{PATH}/{case.number}.json").json()
    shapes.moments(row, "expected_datetime")
    assert row["expected_datetime"] is not None


@pytest.mark.parametrize("media", [False, True])
@pytest.mark.parametrize("brackets", [False, True])
def test_attributes_in_every_spelling(browser, city, brackets, media):
    answers = {"pole": "B-7", "lamps": "3", "since": "2026-03-01T00:00:00Z", "dark": "yes"}
    name = (lambda code: quote(f"attribute[{code}]")) if brackets else "attribute[{}]".format
    fields = given(city, service_code="lights") | {name(code): value for code, value in answers.items()}
    fields[name("colours") + (quote("[]") if brackets else "[]")] = ["red", "blue"]
    if media:
        fields["media"] = SimpleUploadedFile("a.jpg", uploads.picture())
    case = Case.objects.get(number=filed(browser, fields)["service_request_id"])
    assert {row["code"]: row["value"] for row in case.intake} == {
        "pole": "B-7", "lamps": "3", "since": "2026-03-01", "dark": "yes", "colours": ["red", "blue"],
    }  # fmt: skip
    assert case.files.count() == int(media)


def test_url_encoded_by_hand(browser, city):
    body = f"api_key={city.key}&service_code=lights&address_id=350102&attribute%5Bpole%5D=1&attribute%5Bdark%5D=no&attribute%5Bwhy%5D=moon"
    row = filed(browser, body, content_type="application/x-www-form-urlencoded")
    case = Case.objects.get(number=row["service_request_id"])
    assert case.text == "Street light out", "without a description the service says what it is about"
    assert case.place_text == "350102"


def test_media_is_kept_without_what_the_camera_wrote(browser, city):
    photo = SimpleUploadedFile("林悦家.jpg", uploads.picture(exif=uploads.gps_exif()))
    case = Case.objects.get(number=filed(browser, given(city, media=photo))["service_request_id"])
    stored = case.files.get().file
    assert stored.content_type == "image/jpeg"
    assert stored.preview_key
    link = filed(browser, given(city, media_url="https://pictures.example/1.jpg"))["service_request_id"]
    assert Case.objects.get(number=link).extra == {"media_url": "https://pictures.example/1.jpg"}


def test_a_batch_service_gives_a_token_for_the_number(browser, city):
    row = filed(browser, given(city, service_code="secrets"))
    shapes.receipt(row)
    assert row["service_request_id"] is None
    for form in FORMS:
        answer = browser.get(f"/open311/v2/tokens/{row['token']}.{form}")
        (found,) = shapes.read(answer, form, "service_requests", "request")
        assert found["token"] == row["token"]
        assert Case.objects.get(number=found["service_request_id"]).text == "A deep hole"
    for wrong in ("x", row["token"] + "x"):
        for form in FORMS:
            shapes.errors(browser.get(f"/open311/v2/tokens/{wrong}.{form}"), 404, form)
    (xml,) = shapes.read(
        browser.post(f"{PATH}.xml", given(city, service_code="secrets")), "xml", "service_requests", "request"
    )
    assert xml["service_request_id"] == ""
    assert xml["token"]


def test_keys_and_jurisdiction_in_query_or_body(browser, city):
    fields = given(city)
    key = fields.pop("api_key")
    response = browser.post(f"{PATH}.json?api_key={key}&jurisdiction_id=127.0.0.1", fields)
    assert response.status_code == 200
    assert "Cookie" not in response.get("Vary", "") or not response.cookies
    for form in FORMS:
        refused(browser, given(city, jurisdiction_id="elsewhere.example"), form, 404)
        response = browser.post(f"{PATH}.{form}?jurisdiction_id=elsewhere.example", given(city))
        shapes.errors(response, 404, form)


def test_the_test_endpoint_checks_everything_and_keeps_nothing(browser, city):
    before = counted()
    response = browser.post("/open311/test/v2/requests.json", given(city))
    shapes.receipt(response.json()[0])
    assert counted() == before
    shapes.errors(browser.post("/open311/test/v2/requests.json", given(city, lat="91")), 400, "json")


WRONG = {
    "no key": ({"api_key": ""}, 403),
    "wrong key": ({"api_key": "hy_wrong"}, 403),
    "unknown service": ({"service_code": "nothing"}, 404),
    "no service": ({"service_code": ""}, 404),
    "a group": ({"service_code": "light"}, 404),
    "an emergency": ({"service_code": "fire"}, 404),
    "no place": ({"lat": "", "long": ""}, 400),
    "half a place": ({"long": ""}, 400),
    "lat 91": ({"lat": "91"}, 400),
    "long -181": ({"long": "-181"}, 400),
    "nan": ({"lat": "nan"}, 400),
    "inf": ({"long": "inf"}, 400),
    "no number": ({"lat": "north"}, 400),
    "overflow": ({"lat": "1e999"}, 400),
    "long description": ({"description": "长" * 5_000}, 400),
    "long address": ({"address_string": "x" * 301}, 400),
    "wrong phone": ({"phone": "call me"}, 400),
    "wrong mail": ({"email": "not an address"}, 400),
    "long name": ({"first_name": "x" * 101}, 400),
    "script link": ({"media_url": "javascript:alert(1)"}, 400),
    "contact needed": ({"service_code": "callback"}, 400),
    "missing answer": ({"service_code": "lights", "attribute[dark]": "yes"}, 400),
    "unknown answer": ({"attribute[nothing]": "x"}, 400),
    "no such option": ({"service_code": "lights", "attribute[pole]": "1", "attribute[dark]": "maybe"}, 400),
    "no date": (
        {
            "service_code": "lights",
            "attribute[pole]": "1",
            "attribute[dark]": "yes",
            "attribute[since]": "long ago",
        },
        400,
    ),
    "not asked": (
        {"service_code": "lights", "attribute[pole]": "1", "attribute[dark]": "no", "attribute[why]": "sun"},
        400,
    ),
    "empty file": ({"media": SimpleUploadedFile("a.jpg", b"")}, 400),
    "no picture": ({"media": SimpleUploadedFile("a.jpg", b"MZ" + b"\0" * 500)}, 400),
    "a bomb": ({"media": SimpleUploadedFile("a.png", uploads.png_bomb(20_000))}, 400),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_wrong_is_said_and_nothing_is_stored(browser, city, what, form):
    fields, status = WRONG[what]
    if "media" in fields:
        fields["media"].seek(0)
    refused(browser, given(city, **fields), form, status)


@pytest.mark.parametrize("form", FORMS)
def test_the_errors_name_what_has_to_be_mended(browser, city, form):
    said = refused(browser, given(city, service_code="lights"), form, 400)
    assert "attribute[pole]" in said
    assert "attribute[dark]" in said
    assert "4000" in refused(browser, given(city, description="x" * 5_000), form, 400)
    assert "address_string" in refused(browser, given(city, lat="", long=""), form, 400)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><service_request>&c;</service_request>'
)
BODIES = {
    "no boundary": (b"--x\r\n", "multipart/form-data"),
    "other boundary": (b"--y\r\n\r\n--y--", "multipart/form-data; boundary=x"),
    "noise": (bytes(range(256)) * 50, "multipart/form-data; boundary=x"),
    "xml entity bomb": (BOMB, "text/xml"),
    "entity file": (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', "application/xml"),
    "json": (json.dumps({"service_code": "potholes"}).encode(), "application/json"),
    "nothing": (b"", "application/x-www-form-urlencoded"),
    "not UTF-8": (b"service_code=%ff%fe&api_key=%ff", "application/x-www-form-urlencoded"),
    "strange charset": (b"a=1", "application/x-www-form-urlencoded; charset=nonsense"),
    "many fields": (b"&".join(b"f%d=1" % n for n in range(3000)), "application/x-www-form-urlencoded"),
    "no type": (b"a=1", ""),
}


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("form", FORMS)
def test_broken_bodies(browser, city, what, form):
    body, content_type = BODIES[what]
    before = counted()
    response = browser.generic("POST", f"{PATH}.{form}?api_key=", body, content_type=content_type)
    shapes.errors(response, response.status_code, form)
    assert response.status_code in {400, 403}
    assert counted() == before


@pytest.mark.parametrize("cut", [10, 60, 300, 900])
def test_a_form_that_was_cut_off_is_not_taken_for_a_whole_one(browser, city, cut):
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in given(city).items()
    ]
    file = (
        b'--x\r\nContent-Disposition: form-data; name="media"; filename="a.jpg"\r\n\r\n' + uploads.picture()
    )
    body = "".join(parts).encode() + file + b"\r\n--x--\r\n"
    whole = browser.post(f"{PATH}.json", body, content_type="multipart/form-data; boundary=x")
    assert whole.status_code == 200
    before = counted()
    for form in FORMS:
        answer = browser.post(f"{PATH}.{form}", body[:-cut], content_type="multipart/form-data; boundary=x")
        shapes.errors(answer, 400, form)
    assert counted() == before


def test_nul_characters_do_no_harm(browser, city):
    row = filed(browser, given(city, description="a\x00b", address_string="\x00", phone="\x00"))
    assert Case.objects.get(number=row["service_request_id"]).text.startswith("ab")


@pytest.mark.parametrize("form", FORMS)
def test_a_program_that_calls_too_often_is_told_when_to_go_on(browser, city, form):
    terms = programs.Terms(name="Slow", scopes=frozenset({programs.Scope.FILE_CASES}), per_minute=2)
    _row, key = programs.create(terms, actor="system")
    response = browser.post(f"{PATH}.{form}", given(city, api_key=key))
    assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("2", "1")
    browser.post(f"{PATH}.{form}", given(city, api_key=key))
    before = counted()
    response = browser.post(f"{PATH}.{form}", given(city, api_key=key))
    shapes.errors(response, 429, form)
    assert 0 < int(response["Retry-After"]) <= 60
    assert counted() == before


def test_a_key_for_something_else_files_nothing(browser, city):
    for form in FORMS:
        refused(browser, given(city, api_key=city.staff_key), form, 403)


UPDATES = "/open311/v2/servicerequestupdates"


def test_the_program_that_filed_a_case_passes_on_what_the_person_writes(browser, city):
    number = filed(
        browser, given(city, service_code="lights", **{"attribute[pole]": "1", "attribute[dark]": "yes"})
    )["service_request_id"]
    fields = {
        "api_key": city.key,
        "service_request_id": number,
        "description": "Still dark",
        "status": "OPEN",
    }
    for form in FORMS:
        answer = browser.post(f"{UPDATES}.{form}", fields)
        (row,) = shapes.read(answer, form, "service_request_updates", "request_update")
        assert row["update_id"]
    assert [message.text for message in Case.objects.get(number=number).messages.all()] == ["Still dark"] * 2
    before = counted()
    for form in FORMS:
        shapes.errors(browser.post(f"{UPDATES}.{form}", fields | {"status": "closed"}), 400, form)
        other = factories.case(unit=city.unit).number
        before = counted()
        shapes.errors(browser.post(f"{UPDATES}.{form}", fields | {"service_request_id": other}), 404, form)
        shapes.errors(browser.post(f"{UPDATES}.{form}", fields | {"description": ""}), 400, form)
        shapes.errors(browser.post(f"{UPDATES}.{form}", fields | {"api_key": "x"}), 403, form)
    assert counted() == before


def test_a_program_of_the_unit_works_on_its_cases_as_its_role_may(browser, city):
    case, foreign = factories.case(unit=city.unit), factories.case(unit=city.other)
    fields = {
        "api_key": city.staff_key,
        "service_request_id": case.number,
        "description": "We come on Monday.",
    }
    assert browser.post(f"{UPDATES}.json", fields).status_code == 200
    assert (
        browser.post(f"{UPDATES}.xml", fields | {"status": "fixed", "description": "Mended."}).status_code
        == 200
    )
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.ANSWERED, "solved")
    kinds = [reply.kind for reply in case.replies.order_by("id")]
    assert kinds == [ReplyKind.INFORMATION, ReplyKind.ANSWER]
    assert case.replies.last().author.name == "Contractor"
    before = counted()
    shapes.errors(browser.post(f"{UPDATES}.json", fields | {"status": "fixed"}), 400, "json")
    shapes.errors(browser.post(f"{UPDATES}.json", fields | {"status": "nonsense"}), 400, "json")
    shapes.errors(
        browser.post(f"{UPDATES}.json", fields | {"service_request_id": foreign.number}), 404, "json"
    )
    rehearsed = browser.post("/open311/test/v2/servicerequestupdates.json", fields)
    assert rehearsed.status_code == 200
    assert counted() == before
    assert case.anonymity == Anonymity.OFFICE
