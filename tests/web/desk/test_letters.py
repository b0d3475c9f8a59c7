"""Letters with a preview, notes that stay inside, and publishing with marked personal data."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse
from PIL import Image

from huiyin.accounts.enums import Role
from huiyin.cases.enums import Outcome, State
from huiyin.cases.models import Case, Note, Publication, Reply
from huiyin.cases.operations import acting, handling, person
from huiyin.files import operations as files
from huiyin.knowledge.models import ReplyTemplate
from tests import factories
from tests.web.desk.addresses import address, sent

pytestmark = pytest.mark.django_db
SECRET_NOTE = "the-cable-is-old-and-nobody-may-know"


# --- letters and notes ----------------------------------------------------------------------------------------------


def test_a_letter_is_looked_at_before_it_is_sent(case, officer, client):
    client.force_login(officer)
    data = sent(case, letter="answer:explained", text="Repaired on Monday.")
    preview = client.post(address(case, "letter"), data | {"step": "preview"})
    assert "Answer: Explained" in preview.text
    assert "林越" not in preview.text.split("hy-letter__from")[1].split("</section>")[0]
    assert not Reply.objects.exists()
    edit = client.post(address(case, "letter"), data | {"step": "edit"})
    assert "Repaired on Monday." in edit.text
    client.post(address(case, "letter"), data | {"step": "send"})
    row = Case.objects.get(pk=case.pk)
    assert (row.state, row.outcome) == (State.ANSWERED, Outcome.EXPLAINED)


def test_files_taken_in_at_the_first_step_go_with_the_letter(case, officer, client):
    client.force_login(officer)
    image = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(image, "PNG")
    upload = SimpleUploadedFile("lamp.png", image.getvalue())
    data = sent(case, letter="inform:", text="See the photo.")
    preview = client.post(address(case, "letter"), data | {"step": "preview", "files": upload})
    kept = preview.context["form"].data["kept"]
    assert "lamp" in preview.text
    client.post(address(case, "letter"), data | {"step": "send", "kept": kept})
    assert Reply.objects.get().files.count() == 1
    other = factories.case(unit=case.unit)
    client.post(address(other, "letter"), sent(other, letter="inform:", text="x", step="send", kept=kept))
    assert other.files.count() == 0


def test_a_template_is_put_in_and_what_it_left_open_is_refused(case, officer, client):
    row = ReplyTemplate.objects.create(title="Thanks", text="{number}: {unit} – {deadline} {officer}")
    client.force_login(officer)
    data = sent(case, letter="inform:", text="Hello", step="template", template=row.pk)
    page = client.post(address(case, "letter"), data)
    text = page.context["form"]["text"].value()
    assert text.startswith(f"Hello\n\n{case.number}: 照明科 – ")
    response = client.post(
        address(case, "letter"), sent(case, letter="inform:", text="By {deadline}", step="send")
    )
    assert response.status_code == 422
    assert "{deadline}" in response.text
    assert not Reply.objects.exists()


def test_letters_not_possible_now_are_refused(case, client):
    client.force_login(factories.user((Role.OPERATOR, None)))
    assert client.get(address(case, "letter")).status_code == 409
    data = sent(case, letter="answer:solved", text="x", step="send")
    assert client.post(address(case, "letter"), data).status_code in {403, 409}
    assert not Reply.objects.exists()


def test_a_note_is_kept_whatever_changed_and_shown_to_colleagues_only(case, officer, client):
    filed_before = sent(case, text=SECRET_NOTE)
    handling.sign_for(case.pk, actor=acting.staff(officer))
    client.force_login(officer)
    client.post(address(case, "act", "note"), filed_before)
    assert Note.objects.get().text == SECRET_NOTE
    assert SECRET_NOTE in client.get(address(case)).text
    assert SECRET_NOTE not in client.get(address(case, "publish")).text


@pytest.mark.parametrize("name", ["home", "cases", "case", "case_feed", "track", "figures"])
def test_notes_are_on_no_public_page(name, case, officer, client):
    actor = acting.staff(officer)
    handling.write_note(case.pk, text=SECRET_NOTE, actor=actor)
    client.force_login(officer)
    client.post(address(case, "publish"), sent(case, headline="Lamp", text="A lamp is dark.", checked="on"))
    assert Publication.objects.exists()
    client.logout()
    args = [case.number] if name == "case" else []
    try:
        url = reverse(f"public:{name}", args=args)
    except NoReverseMatch:
        pytest.skip(f"no page {name}")
    response = client.get(url, follow=True)
    assert SECRET_NOTE not in response.content.decode()


def test_ten_thousand_characters_are_shown_and_kept(unit, officer, client):
    text = "路灯坏了。" * 2_000
    case = factories.case(unit=unit, text=text)
    client.force_login(officer)
    assert text in client.get(address(case)).text
    client.post(address(case, "letter"), sent(case, letter="inform:", text=text, step="send"))
    assert Reply.objects.get().text == text
    too_long = client.post(
        address(case, "letter"), sent(case, letter="inform:", text=text + "！", step="send")
    )
    assert too_long.status_code == 422
    assert text in too_long.text


def test_words_of_people_and_colleagues_are_never_markup(unit, officer, client):
    evil = "<script>alert(1)</script>"
    case = factories.case(
        unit=unit, text=evil, place_text=evil, intake=[{"code": "a", "label": evil, "value": "x", "shown": evil}],
        extra={evil: evil},
    )  # fmt: skip
    actor = acting.staff(officer)
    handling.write_note(case.pk, text=evil, actor=actor)
    handling.inform(case.pk, text=evil, actor=actor)
    person.write(case.pk, text=evil)
    client.force_login(officer)
    pages = client.get(address(case)).text + client.get(address(case, "publish")).text
    pages += client.post(
        address(case, "letter"), sent(case, letter="inform:", text=evil, step="preview")
    ).text
    assert evil not in pages
    assert pages.count("&lt;script&gt;") >= 9


# --- publishing -----------------------------------------------------------------------------------------------------


def test_personal_data_are_marked_masked_and_refused_until_looked_at(unit, officer, client):
    case = factories.case(unit=unit, text="我叫张三丰，电话13812345678，路灯坏了。")
    client.force_login(officer)
    page = client.get(address(case, "publish"))
    assert "13812345678" in page.text  # the person's own words
    proposal = page.context["form"].initial["text"]
    assert "13812345678" not in proposal
    assert page.text.count("hy-mark-data") >= 2
    data = sent(case, headline="路灯", text="电话13812345678", show_place="on")
    refused = client.post(address(case, "publish"), data)
    assert refused.status_code == 422
    assert "phone number" in refused.text
    assert not Publication.objects.exists()
    client.post(address(case, "publish"), data | {"text": proposal})
    assert Publication.objects.get().text == proposal
    client.post(address(case, "publish"), sent(case, headline="路灯", text="电话13812345678", checked="on"))
    assert "13812345678" in Publication.objects.get().text
    client.post(address(case, "act", "unpublish"), sent(case))
    assert not Publication.objects.exists()


def test_a_change_in_between_keeps_the_public_text(case, unit, officer, client):
    before = sent(case, headline="Lamp", text="typed for an hour")
    handling.sign_for(case.pk, actor=acting.staff(officer))
    client.force_login(officer)
    response = client.post(address(case, "publish"), before)
    assert response.status_code == 409
    assert "typed for an hour" in response.text


def test_an_operator_cannot_publish(case, client):
    client.force_login(factories.user((Role.OPERATOR, None)))
    assert client.get(address(case, "publish")).status_code == 409
    assert client.post(address(case, "publish"), sent(case, headline="x", text="y")).status_code == 403
    assert not Publication.objects.exists()


def test_only_chosen_files_become_public(unit, officer, client):
    image = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(image, "PNG")
    stored = [
        files.store(SimpleUploadedFile("a.png", image.getvalue()), name=f"lamp{n}.png") for n in range(2)
    ]
    case = factories.case(unit=unit, files=stored)
    client.force_login(officer)
    first, second = case.files.all()
    page = client.get(address(case, "publish")).text
    assert "lamp0" in page
    data = sent(case, headline="Lamp", text="A lamp is dark.", shown_files=[second.pk])
    client.post(address(case, "publish"), data)
    assert list(case.files.filter(is_public=True)) == [second]
    other = factories.case(unit=unit)
    response = client.post(
        address(other, "publish"), sent(other, headline="x", text="y", shown_files=[first.pk])
    )
    assert response.status_code == 422


def test_the_answer_is_masked_and_then_read_by_the_public(case, officer, client):
    client.force_login(officer)
    actor = acting.staff(officer)
    assert "answer" not in client.get(address(case, "publish")).context["form"].fields
    client.post(address(case, "publish"), sent(case, headline="路灯", text="路灯不亮", checked="on"))
    text = "已修好，有事请打13812345678。"
    handling.answer(case.pk, text=text, outcome=Outcome.SOLVED, actor=actor)
    proposal = client.get(address(case, "publish")).context["form"].initial["answer"]
    assert proposal.startswith("已修好")
    assert "13812345678" not in proposal
    data = sent(case, headline="路灯", text="路灯不亮", answer=text)
    assert client.post(address(case, "publish"), data).status_code == 422
    client.post(address(case, "publish"), data | {"answer": proposal})
    assert proposal in client.get(f"/cases/{case.number}/").text
