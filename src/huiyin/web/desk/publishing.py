"""Publishing a case: the person's text and the proposed public text side by side; a person decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.cases.enums import Action
from huiyin.cases.operations import publishing
from huiyin.cases.queries import opening, possible, timeline
from huiyin.engines.text import personal_data
from huiyin.engines.text.personal_data import Kind
from huiyin.kernel.errors import Conflict, Refusal
from huiyin.web.components import access, punctuation
from huiyin.web.components.forms import Words
from huiyin.web.desk import case as case_screens
from huiyin.web.desk import frame
from huiyin.web.desk.forms import LONGEST, ActionForm, letter_box
from huiyin.web.desk.worklist import SEES_CASES

if TYPE_CHECKING:
    from huiyin.cases.models import Case, CaseFile, Publication

TITLE_CHARACTERS = 40
KINDS = {
    Kind.ID_NUMBER: gettext_lazy("ID number"),
    Kind.EMAIL: gettext_lazy("e-mail address"),
    Kind.PLATE: gettext_lazy("number plate"),
    Kind.BANK_CARD: gettext_lazy("bank card"),
    Kind.PHONE: gettext_lazy("phone number"),
    Kind.ADDRESS: gettext_lazy("address"),
    Kind.NAME: gettext_lazy("name"),
}


class PublishForm(ActionForm):
    action = Action.PUBLISH
    title = gettext_lazy("Publish this case")
    submit = gettext_lazy("Publish")
    done = gettext_lazy("Published. The person's own words stay as they were sent.")

    headline = Words(label=gettext_lazy("Title"), max_length=120)
    text = Words(label=gettext_lazy("Public text"), widget=letter_box(12), max_length=LONGEST)
    reason = Words(
        label=gettext_lazy("Why it differs from the person's words"), max_length=300, required=False
    )
    answer = Words(
        label=gettext_lazy("The answer as the public reads it"),
        help_text=gettext_lazy("Empty: the public sees the outcome without the letter."),
        widget=letter_box(6),
        max_length=LONGEST,
        required=False,
    )
    show_place = forms.BooleanField(
        label=gettext_lazy("Show the place, rounded to about 100 m"), required=False
    )
    place = Words(label=gettext_lazy("Place as the public reads it"), max_length=300, required=False)
    shown_files = forms.MultipleChoiceField(
        label=gettext_lazy("Files that the public may see"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    checked = forms.BooleanField(
        label=gettext_lazy("I looked at every mark: what is left may be read by everybody"), required=False
    )

    def __init__(self, *args: Any, case_files: Iterable[CaseFile] = (), **kwargs: Any) -> None:
        self.case_files = list(case_files)
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """Offer the files that came with the first text, and an answer only where one was given."""
        if self.case.answered_at is None:
            del self.fields["answer"]
        self.choose("shown_files", [(str(row.pk), row.file.name) for row in self.case_files])

    def clean(self) -> dict[str, Any]:
        """Refuse what the finder still marks, until a person says that they looked."""
        data = super().clean() or {}
        if not data.get("checked"):
            for name in ("headline", "text", "reason", "answer", "place"):
                kinds = sorted(
                    {str(KINDS[span.type]) for span in personal_data.find(str(data.get(name) or ""))}
                )
                if kinds:
                    self.add_error(
                        name,
                        _(
                            "This still looks like personal data: %(kinds)s. Mask it, or tick that you looked at it."
                        )
                        % {"kinds": punctuation.listing(kinds)},
                    )
        return data

    def perform(self) -> None:
        """Publish the text beside the person's own."""
        data = self.cleaned_data
        public = publishing.PublicText(
            title=data["headline"],
            text=data["text"],
            reason=data["reason"],
            answer=data.get("answer", ""),
            show_place=data["show_place"],
            public_place=data["place"],
            file_ids=tuple(int(pk) for pk in data["shown_files"]),
        )
        publishing.publish(self.case.pk, public=public, actor=self.actor, revision=self.expected)


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(*SEES_CASES)
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """Read both texts, mask, choose files, decide."""
    row = opening.for_staff(number, user=request.user)
    story = frame.story(row)
    more = {"segments": segments(row.text), "case_files": story["files"]}
    given: dict[str, Any] = {"case": row, "user": request.user, "case_files": story["files"]}
    if request.method != "POST":
        if Action.PUBLISH not in possible.actions(row, user=request.user):  # type: ignore[arg-type]  # signed in
            raise Conflict(_("This case cannot be published by you, or not as it stands now."))
        form = PublishForm(initial=case_screens.read(row) | _proposal(row), **given)
        return render(
            request, "desk/publish.html", frame.around(row, user=request.user) | more | {"form": form}
        )
    form = PublishForm(request.POST, **given)
    if not form.is_valid():
        context = frame.around(row, user=request.user) | more | {"form": form}
        return render(request, "desk/publish.html", context, status=422)
    try:
        form.perform()
    except Refusal as refusal:
        return case_screens.refused(request, form, refusal, "desk/publish.html", **more)
    messages.success(request, str(form.done))
    return redirect("desk:case", row.number)


def segments(text: str) -> list[dict[str, Any]]:
    """The text in pieces; a piece with a `kind` is personal data of that kind, to be marked."""
    pieces: list[dict[str, Any]] = []
    position = 0
    for span in personal_data.find(text):
        pieces.append({"text": text[position : span.start], "kind": ""})
        pieces.append({"text": text[span.start : span.end], "kind": KINDS[span.type]})
        position = span.end
    return [piece for piece in [*pieces, {"text": text[position:], "kind": ""}] if piece["text"]]


def _proposal(row: Case) -> dict[str, Any]:
    """What is published already, else the person's text with masks."""
    publication = getattr(row, "publication", None)
    if publication is not None:
        return {
            "headline": publication.title, "text": publication.text, "reason": publication.reason,
            "answer": publication.answer or _news(row, publication),
            "show_place": publication.show_place, "place": publication.place_text,
            "shown_files": [str(pk) for pk in row.files.filter(is_public=True).values_list("pk", flat=True)],
        }  # fmt: skip
    masked = _masked(row.text)
    first = next((line.strip() for line in masked.splitlines() if line.strip()), "")
    differs = _("Personal data were masked.") if masked != row.text else ""
    return {
        "headline": first[:TITLE_CHARACTERS], "text": masked, "reason": differs, "show_place": True,
        "place": _masked(row.place_text), "answer": _masked(timeline.last_answer(row)),
    }  # fmt: skip


def _news(row: Case, publication: Publication) -> str:
    """The answer, masked, where it was given only after the case was published."""
    if row.answered_at is None or row.answered_at < publication.published_at:
        return ""
    return _masked(timeline.last_answer(row))


def _masked(text: str) -> str:
    return personal_data.mask(text, personal_data.find(text))
