"""A whole call on one form: what was said, about what, where, who, and what becomes of it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import ANSWER_OUTCOMES, Anonymity, Outcome
from huiyin.cases.operations import intake
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind
from huiyin.kernel import clock
from huiyin.kernel.errors import Invalid
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.people import operations as people
from huiyin.places import queries as places
from huiyin.questionnaires import queries as questionnaires
from huiyin.questionnaires.enums import AnswerProblem
from huiyin.triage.queries import matters
from huiyin.usecases import calls, filing
from huiyin.web.components import context as site
from huiyin.web.components.forms import Words
from huiyin.web.desk import choices
from huiyin.web.public.report.forms import QuestionsForm

if TYPE_CHECKING:
    from huiyin.catalogue.models import Service

SEND, ANSWER = "send", "answer"
SUGGESTED = 4


class CallForm(forms.Form):
    """What the operator enters; the service's own questions are a form beside it (`Questions`)."""

    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    text = Words(label=_("What is the matter?"), help_text=_("In the caller's own words."), strip=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    about_unit = forms.ChoiceField(
        label=_("Unit complained about"),
        help_text=_("Nobody who belongs to that unit learns who the caller is."),
        required=False,
    )
    place_text = Words(label=_("Where is it?"), max_length=300, required=False)
    area = forms.ChoiceField(label=_("District"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), widget=forms.RadioSelect)
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    name = Words(label=pgettext_lazy("of a person", "Name"), max_length=100, required=False)
    email = forms.CharField(label=_("E-mail address"), max_length=254, required=False)
    address = Words(label=_("Address"), max_length=300, required=False)
    wants_mail = forms.BooleanField(label=_("Send notices by e-mail"), required=False)
    anonymity = forms.ChoiceField(
        label=_("Who may know the name?"), choices=Anonymity, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label=_("Language of the answer"))
    then = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[(SEND, _("Send it on")), (ANSWER, _("Answered on the line"))],
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    answer = Words(
        label=_("What you answered"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=10_000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = int(organisations.setting(SettingKey.TEXT_MAX_CHARACTERS))
        self.fields["text"].widget = forms.Textarea(attrs={"rows": 5, "maxlength": most, "autofocus": True})
        channels = [(code, name) for _pk, code, name in choices.desk_channels()]
        offered: dict[str, list[Any]] = {
            "service": [("", _("The dispatcher decides")), *choices.service_groups()],
            "kind": [("", _("As usual for the service")), *Kind.choices],
            "about_unit": [("", _("No unit")), *((str(pk), name) for pk, name in choices.units())],
            "area": [("", _("Not chosen")), *choices.areas()],
            "channel": channels,
            "language": list(site.OWN_NAMES.items()),
            "outcome": [("", _("Choose")), *[(o.value, o.label) for o in ANSWER_OUTCOMES]],
        }
        for name, options in offered.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]  # all of them are choice fields
        first = next(
            (code for code, _name in channels if code == "phone"), channels[0][0] if channels else ""
        )
        start = {
            "channel": first,
            "language": get_language() or "zh-hans",
            "then": SEND,
            "anonymity": "office",
        }
        for name, value in start.items():
            self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        """An answer needs its outcome and its text; contact data must be such as can be kept."""
        data = super().clean() or {}
        if data.get("then") == ANSWER:
            for name, message in (
                ("outcome", _("Choose the outcome.")),
                ("answer", _("Write what you answered.")),
            ):
                if not data.get(name):
                    self.add_error(name, message)
        if data.get("anonymity") == Anonymity.NOBODY and any(
            data.get(n) for n in ("name", "phone", "email", "address")
        ):
            self.add_error(
                "anonymity", _("Contact data were entered. Clear them, or choose who may know them.")
            )
        given = {name: str(data.get(name) or "") for name in ("name", "phone", "email", "address")}
        try:
            people.check_contact(**given, wants_mail=bool(data.get("wants_mail")))
        except Invalid as refused:
            for field, problem in refused.fields.items():
                self.add_error(field, str(problem))
        return data

    def typed(self, name: str) -> str:
        """What stands in a field at this moment, checked or not."""
        return str(self[name].value() or "")

    @functools.cached_property
    def chosen_service(self) -> Service | None:
        """The service that stands chosen."""
        return catalogue.service(self.typed("service")) if self.typed("service") else None

    def matter(self) -> matters.Matter:
        """What stands there at this moment, for what is proposed while typing."""
        service = self.chosen_service
        return matters.Matter(
            text=self.typed("text"), at=clock.now(), place_text=self.typed("place_text")[:300],
            service_id=service.pk if service is not None else None, area_code=self.typed("area"),
        )  # fmt: skip

    def contact(self) -> filing.ContactGiven:
        """The contact data as entered."""
        data = self.cleaned_data
        return filing.ContactGiven(
            name=data["name"], phone=data["phone"], email=data["email"], address=data["address"],
            wants_mail=data["wants_mail"],
        )  # fmt: skip

    def new_case(self, answers: list[dict[str, Any]]) -> intake.NewCase:
        """The case as entered, with the answers to the service's questions."""
        data, service = self.cleaned_data, self.chosen_service
        channel = catalogue.channel(data["channel"])
        if channel is None:
            raise Invalid(_("Choose a channel."), fields={"channel": _("Choose a channel.")})
        return intake.NewCase(
            text=data["text"],
            channel=channel,
            version=service.current if service is not None else None,
            kind=self._kind(),
            about_unit=organisations.unit(int(data["about_unit"])) if data["about_unit"] else None,
            language=data["language"],
            intake=answers,
            place_text=data["place_text"],
            area=places.area(data["area"]),
            anonymity=Anonymity(data["anonymity"]),
        )

    def _kind(self) -> Kind | None:
        """As chosen; whoever complains about a unit complains, where the service says nothing like it."""
        version = self.chosen_service.current if self.chosen_service is not None else None
        if self.cleaned_data["kind"]:
            return Kind(self.cleaned_data["kind"])
        usual = Kind(version.kind) if version is not None else None
        names_unit = bool(self.cleaned_data["about_unit"])
        return Kind.COMPLAINT if names_unit and usual not in {Kind.COMPLAINT, Kind.REPORT} else None

    def direct_answer(self) -> calls.DirectAnswer | None:
        """What was answered on the line; None when it is sent on."""
        data = self.cleaned_data
        if data["then"] != ANSWER:
            return None
        return calls.DirectAnswer(text=data["answer"], outcome=Outcome(data["outcome"]))


class Questions:
    """The questions of the chosen service with what was answered so far."""

    def __init__(self, service: Service | None, data: Any) -> None:
        version = service.current if service is not None else None
        self.all = questionnaires.questions_of(version.form) if version is not None and version.form else ()
        everything = QuestionsForm(data, shown=list(self.all), prefix="q")
        self.raw = {
            name: field.widget.value_from_datadict(data, {}, everything.add_prefix(name)) or ""
            for name, field in everything.fields.items()
        }
        self.form = QuestionsForm(
            initial=self.raw, shown=questionnaires.visible(self.all, self.raw), prefix="q", auto_id="q-%s"
        )
        self.answers: list[dict[str, Any]] = []

    def check(self, data: Any, *, language: str) -> bool:
        """Whether the answers can be kept; otherwise each problem stands at its question."""
        checked = questionnaires.validate(self.all, self.raw, language=language)
        self.answers = checked.answers
        self.form = QuestionsForm(
            data, shown=questionnaires.visible(self.all, self.raw), prefix="q", auto_id="q-%s"
        )
        self.form.errors.clear()
        for code, problem in checked.errors.items():
            self.form.add_error(code, AnswerProblem(problem).label)
        return checked.ok
