"""The forms of the steps. Rules that hold for every way in are in the verbs; here is what a screen needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Anonymity
from huiyin.catalogue import queries as catalogue
from huiyin.kernel.errors import Invalid
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.people import operations as people
from huiyin.places import queries as places
from huiyin.questionnaires import queries as questionnaires
from huiyin.questionnaires.enums import QuestionType
from huiyin.triage.queries import answers
from huiyin.web.components.forms import DateParts, Words
from huiyin.web.public.report.draft import STAFF, UNSURE, Report
from huiyin.web.public.wishes import Wishes


class MatterForm(forms.Form):
    text = Words(
        label=_("What is the matter?"),
        help_text=_(
            "Say it in your own words: what happened, since when, what you would like. One sentence is enough."
        ),
        error_messages={"required": _("Tell us what is the matter.")},
        strip=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = int(organisations.setting(SettingKey.TEXT_MAX_CHARACTERS))
        self.fields["text"].widget = forms.Textarea(
            attrs={"rows": 6, "maxlength": most, "data-huiyin-suggest": "1"}
        )
        self.longest = most

    def clean_text(self) -> str:
        """Refuse blanks only, and what no case can hold."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(_("Tell us what is the matter."))
        most = self.longest
        if len(text) > most:
            raise forms.ValidationError(
                _(
                    "This text has %(count)s characters; at most %(most)s can be sent. Shorten it or add a file."
                )
                % {"count": len(text), "most": most}
            )
        return text


class ServiceForm(forms.Form):
    service = forms.ChoiceField(
        label=_("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what fits best, or “I am not sure”.")},
    )

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = answers.offered(report.text)
        chosen = report.service
        if chosen is not None and chosen not in offered:
            offered.insert(0, chosen)
        self.offered = offered
        choices = [(row.code, catalogue.service_name(row)) for row in offered]
        more = [
            (STAFF, _("I complain about an office or the people who work there")),
            (UNSURE, _("I am not sure; the office decides")),
        ]
        self.fields["service"].choices = [*choices, *more]  # type: ignore[attr-defined]

    def clean_service(self) -> str:
        """The code of a service on offer, or that the person is not sure."""
        return str(self.cleaned_data["service"])


class AnyServiceForm(forms.Form):
    """The choice from the whole tree."""

    service = forms.CharField(error_messages={"required": _("Choose what fits best, or “I am not sure”.")})

    def clean_service(self) -> str:
        """Refuse a service that is not, or not any more, on offer."""
        code = str(self.cleaned_data["service"])
        if code not in {UNSURE, STAFF} and catalogue.service(code) is None:
            raise forms.ValidationError(_("This service is not offered. Choose another one."))
        return code


class PlaceForm(forms.Form):
    place_text = Words(
        label=_("Where is it?"),
        help_text=_("Street and number, bus stop, building: as you would say it to a neighbour."),
        max_length=300,
        required=False,
    )
    area = forms.ChoiceField(label=_("District"), required=False)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)

    def __init__(self, *args: Any, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed = needed
        self.fields["area"].choices = [("", _("Not chosen")), *places.choices(get_language() or "")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A place in whatever form is enough; half a point is none."""
        data = super().clean() or {}
        if (data.get("lat") is None) != (data.get("lon") is None):
            data["lat"] = data["lon"] = None
        if self.needed and not (data.get("place_text") or data.get("area") or data.get("lat") is not None):
            self.add_error("place_text", _("Say where it is."))
        return data


class ContactForm(Wishes):
    about_unit = forms.ChoiceField(
        label=_("Which office do you complain about?"),
        help_text=_(
            "Nobody who works there learns from us who you are, whatever you choose below, and your case does not go "
            "to that office by itself."
        ),
        required=False,
    )
    anonymity = forms.ChoiceField(
        label=_("Who may know your name?"),
        choices=Anonymity,
        widget=forms.RadioSelect,
        initial=Anonymity.OFFICE,
    )
    name = Words(label=_("Your name"), max_length=100, required=False)
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    language = forms.ChoiceField(label=_("Language of the answer"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = report.service.current if report.service else None
        if report.may_name_unit:
            self._offer_units(_("I do not know which one") if report.service is None else _("None"))
        else:
            del self.fields["about_unit"]
        names = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
        self.fields["language"].choices = list(names.items())  # type: ignore[attr-defined]
        self.fields["language"].initial = get_language()
        if self.version is not None and not self.version.anonymous_allowed:
            offered = [c for c in Anonymity.choices if c[0] != Anonymity.NOBODY]
            self.fields["anonymity"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the service needs; whoever stays anonymous leaves no data behind, whatever stood in the boxes."""
        data = super().clean() or {}
        if data.get("anonymity") == Anonymity.NOBODY:
            for field in ("phone", "email"):
                self.errors.pop(field, None)
            return data | dict.fromkeys(("name", "phone", "email"), "") | dict.fromkeys(self.NAMES, False)
        needs_contact = self.version is not None and self.version.contact_required and not self.errors
        if needs_contact and not (data.get("phone") or data.get("email")):
            self.add_error("phone", _("For this service a phone number or an e-mail address is needed."))
        if self.version is not None and not self.version.anonymous_allowed and not data.get("name"):
            self.add_error("name", _("For this service your name is needed."))
        self._check_contact(data)
        return data

    def _offer_units(self, none: Any) -> None:
        units = [
            (str(pk), catalogue.localised(names)) for pk, names in organisations.receiving_names().items()
        ]
        self.fields["about_unit"].choices = [("", none), *units]  # type: ignore[attr-defined]

    def _check_contact(self, data: dict[str, Any]) -> None:
        """Refuse here what the verb would refuse at the end."""
        name, phone, email = (str(data.get(key) or "") for key in ("name", "phone", "email"))
        try:
            people.check_contact(name=name, phone=phone, email=email)
        except Invalid as refused:
            for field, message in refused.fields.items():
                self.add_error(field, str(message))


class QuestionsForm(forms.Form):
    """The questions of a service that are to be shown with what was answered so far."""

    def __init__(self, *args: Any, shown: list[questionnaires.Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or ""
        for question in shown:
            self.fields[question.code] = _question_field(question, language)


def _question_field(question: questionnaires.Question, language: str) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label(language),
        "help_text": question.hint_text(language),
        # The rules of the questionnaire decide, in `validate`; a field that says "optional" must be so.
        "required": question.required,
    }
    choices = [(value, question.value_label(value, language)) for value in question.values()]
    match question.type:
        case QuestionType.ONE_OF | QuestionType.YES_NO:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        case QuestionType.SEVERAL_OF:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        case QuestionType.DATE:
            return forms.CharField(widget=DateParts, **common)
        case QuestionType.NUMBER:
            return forms.CharField(
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-10"}),
                **common,
            )
        case _:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, **common)
