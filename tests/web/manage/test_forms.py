"""Forms of Manage: what is typed arrives, and nasty input gets a clear message at its field."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huiyin.accounts.models import Membership, Program, User
from huiyin.audit.models import Record
from huiyin.catalogue.models import Service
from huiyin.hooks.models import Hook
from huiyin.knowledge.models import ReplyTemplate
from huiyin.organisations.models import Calendar, CalendarDay, Setting, Team, Unit
from huiyin.places.models import Area

NASTY = [
    "\x00", "a\x00b", " ", "<script>alert(1)</script>", "' OR 1=1 --", "x" * 100_000, "🦊" * 300, "\u202eevil", "{{ 7*7 }}",
    "%s%n", "../../etc/passwd", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
]  # fmt: skip
FORMS = {
    "unit_new": ({}, "names_en", {"code": "roads", "names_zh-hans": "道路", "names_en": "Roads"}),
    "unit_edit": ({"pk": "unit"}, "names_en", {"names_zh-hans": "水", "names_en": "Water works"}),
    "team_new": ({"pk": "unit"}, "name", {"name": "Day"}),
    "user_new": ({}, "username", {"username": "lin", "name": "Lin Yue"}),
    "user_edit": ({"pk": "officer"}, "email", {"name": "Lin", "email": "lin@example.org"}),
    "program_new": ({}, "name", {"name": "App", "scopes": ["file_cases"], "per_minute": "60"}),
    "program_edit": ({"pk": "program"}, "per_minute", {"name": "App", "scopes": ["file_cases"], "per_minute": "9"}),
    "hook_new": ({}, "url", {"name": "Mirror", "url": "https://1.1.1.1/", "events": ["case.answer"]}),
    "hook_edit": ({"pk": "hook"}, "url", {"name": "Mirror", "url": "https://1.1.1.1/new"}),
    "service_new": (
        {}, "code",
        {"code": "noise", "public_names_zh-hans": "噪声", "kind": "complaint", "urgency": "ordinary"},
    ),
    "service_edit": (
        {"code": "lights"}, "limit_answer",
        {"public_names_zh-hans": "路灯", "kind": "help", "urgency": "utilities", "base": "2", "change_note": "Faster"},
    ),
    "question": (
        {"code": "lights", "place": 2}, "code",
        {"labels_zh-hans": "哪一根？", "code": "pole", "type": "text"},
    ),
    "template_new": ({}, "text", {"title": "T", "text": "{number}", "language": "en"}),
    "calendar_new": ({}, "weekly_0", {"name": "Night", "time_zone": "Asia/Shanghai", "weekly_0": "20:00-24:00"}),
    "calendar_day": (
        {"pk": "calendar"}, "hours",
        {"date_year": "2026", "date_month": "12", "date_day": "24", "name": "x", "hours": "09:00-12:00"},
    ),
    "channel_new": ({}, "code", {"code": "chat", "names_zh-hans": "聊天"}),
    "setting": ({"key": "ordinary_limit"}, "value", {"value": "3d working"}),
}  # fmt: skip
ROWS = (Unit, Team, User, Program, Hook, Service, ReplyTemplate, Calendar, CalendarDay, Setting, Record)


def address(city, name):
    given = {key: getattr(city, value).pk if key == "pk" else value for key, value in FORMS[name][0].items()}
    return reverse(f"manage:{name}", kwargs=given)


def stored():
    return {model: list(model.objects.order_by("pk").values()) for model in ROWS}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_right_is_accepted_and_recorded(client, city, name):
    before = Record.objects.count()
    answer = client.post(address(city, name), FORMS[name][2])
    assert answer.status_code in {200, 302}, answer.context["form"].errors
    assert name == "question" or Record.objects.filter(actor=f"user:{city.administrator.pk}").count() > 0
    assert name == "question" or Record.objects.count() > before


@pytest.mark.parametrize("name", FORMS)
def test_nothing_is_sent(client, city, name):
    if name == "unit_edit":
        return
    before = stored()
    answer = client.post(address(city, name), {})
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()
    assert stored() == before


@pytest.mark.parametrize("nasty", NASTY, ids=lambda text: ascii(text)[:20])
@pytest.mark.parametrize("name", FORMS)
def test_nasty_input_is_refused_in_words_or_shown_as_text(client, city, name, nasty):
    _given, field, right = FORMS[name]
    answer = client.post(address(city, name), {**right, field: nasty}, follow=True)
    assert answer.status_code in {200, 422}
    page = answer.content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "49" not in page or "{{ 7*7 }}" not in nasty or "{{ 7*7 }}" in page
    if answer.status_code == 422:
        assert "govuk-error-summary" in page


def test_somebody_elses_change_in_between_is_told(client, city):
    right = FORMS["service_edit"][2]
    path = address(city, "service_edit")
    assert client.post(path, right).status_code == 302
    answer = client.post(path, {**right, "urgency": "complex"})
    assert answer.status_code == 422
    assert "Somebody else changed this service" in answer.content.decode()


def test_a_refusal_of_the_verb_stands_at_its_field(client, city):
    answer = client.post(address(city, "unit_new"), {"code": "water", "names_zh-hans": "x"})
    assert answer.context["form"].errors["code"] == ["This code is taken. Choose another one."]
    answer = client.post(address(city, "template_new"), {"title": "T", "text": "{nobody}", "language": "en"})
    assert "{nobody}" in answer.context["form"].errors["text"][0]
    answer = client.post(
        address(city, "calendar_new"), {"name": "N", "time_zone": "Asia/Shanghai", "weekly_3": "late"}
    )
    assert "weekly_0" in answer.context["form"].errors


def test_the_one_time_code_is_shown_once_and_not_cached(client, city):
    answer = client.post(reverse("manage:user_reset_password", args=[city.officer.pk]))
    page = answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    city.officer.refresh_from_db()
    code = page.split('class="hy-code"')[1].split(">")[1].split("<")[0]
    assert city.officer.check_password(code)
    assert code not in client.get(reverse("manage:user", args=[city.officer.pk])).content.decode()


def test_roles_are_given_and_taken(client, city):
    path = reverse("manage:user_give_role", args=[city.officer.pk])
    assert client.post(path, {"role": "unit_head"}).context["form"].errors["unit"]
    assert client.post(path, {"role": "unit_head", "unit": city.unit.pk}).status_code == 302
    held = Membership.objects.get(user=city.officer, role="unit_head")
    assert client.post(path, {"role": "unit_head", "unit": 10**9}).status_code == 422
    client.post(reverse("manage:user_take_role", args=[city.officer.pk, held.pk]))
    assert not Membership.objects.filter(pk=held.pk).exists()
    own = Membership.objects.get(user=city.administrator)
    answer = client.post(reverse("manage:user_take_role", args=[city.administrator.pk, own.pk]), follow=True)
    assert "last administrator" in answer.content.decode()
    assert Membership.objects.filter(pk=own.pk).exists()


def test_a_draft_of_questions_stays_apart_until_it_is_put_into_force(client, city):
    path = reverse("manage:questions", args=["lights"])
    arrange = reverse("manage:questions_arrange", args=["lights"])
    client.post(arrange, {"up": "1"})  # its condition would come after it
    assert city.service.versions.count() == 2
    assert "before it" in client.get(path).content.decode()
    for nonsense in ({"up": "9"}, {"remove": "-1"}, {"remove": "x"}, {}):
        client.post(arrange, nonsense)
    client.post(arrange, {"remove": "1"})
    assert "your draft" in client.get(path).content.decode()
    assert client.post(path, {"change_note": ""}).status_code == 422
    assert client.post(path, {"change_note": "Fewer"}).status_code == 302
    city.service.refresh_from_db()
    assert [row["code"] for row in city.service.current.form.questions] == ["dark"]
    client.post(arrange, {"remove": "0"})
    client.post(arrange, {"forget": "1"})
    assert "your draft" not in client.get(path).content.decode()


def test_areas_come_in_by_file_and_faults_are_told(client, city):
    path = reverse("manage:areas_import")
    content = "code,name,parent\n36,江西省,\n,无名,\n".encode("gb18030")
    page = client.post(path, {"file": SimpleUploadedFile("a.csv", content), "language": "zh-hans"})
    assert "Added: 1" in page.content.decode()
    assert "Line 3" in page.content.decode()
    assert Area.objects.filter(code="36").exists()
    for bad in (b"\xff\xfe\x00\x01", b"PK\x03\x04", b"x" * 5000):
        answer = client.post(path, {"file": SimpleUploadedFile("a.csv", bad), "language": "en"})
        assert answer.status_code == 422
