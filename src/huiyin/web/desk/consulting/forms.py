"""Forms of those who hold consultations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.catalogue.queries import localised
from huiyin.consultations import permissions
from huiyin.consultations.enums import Audience, Decision, Moderation, RemovalReason, Results, State, Via
from huiyin.consultations.operations import planning
from huiyin.organisations import queries as organisations
from huiyin.web.components import forms as components
from huiyin.web.components.context import OWN_NAMES
from huiyin.web.manage import fields

if TYPE_CHECKING:
    from huiyin.consultations.models import Consultation, Statement

YES_NO = [("yes", _("Yes")), ("", _("No"))]


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Question or code"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("Any")), *State.choices], required=False)


class ConsultationForm(fields.TextsForm):
    """Texts, dates and rules. A day counts as a whole: it opens at midnight and closes at the end of the last day."""

    texts = {
        "questions": fields.Texts(_("Question"), longest=150, is_required=True),
        "backgrounds": fields.Texts(
            _("Background"), longest=5000, rows=5, hint=_("What it is about, in plain words.")
        ),
        "drafting_notes": fields.Texts(
            _("Drafting note"), longest=5000, rows=4, hint=_("What the draft says and why.")
        ),
        "short_reasons": fields.Texts(
            _("Reason for a short time"),
            longest=500,
            hint=_("Only if people have less time than promised. Published."),
        ),
        "moderation_policies": fields.Texts(
            _("What is not shown"), longest=2000, rows=3, hint=_("Published beside the count of removals.")
        ),
    }
    field_order = (
        "code", "unit", "questions", "backgrounds", "drafting_notes", "first_day", "last_day", "short_reasons",
        "audience", "member_unit", "accepts_statements", "votes_before_writing", "moderation", "moderation_policies",
        "results",
    )  # fmt: skip
    code = forms.SlugField(label=_("Code"), max_length=60, help_text=fields.CODE_HINT)
    unit = forms.TypedChoiceField(label=_("Unit that asks"), coerce=int)
    first_day = forms.DateField(label=_("First day"), widget=components.DateParts, required=False)
    last_day = forms.DateField(label=_("Last day"), widget=components.DateParts, required=False)
    audience = forms.ChoiceField(
        label=_("Who may take part"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        initial=Audience.ANYONE,
    )
    member_unit = fields.UnitField(label=_("Members of"), required=False)
    accepts_statements = forms.TypedChoiceField(
        label=_("Participants may write statements"),
        choices=YES_NO,
        coerce=bool,
        empty_value="",
        widget=forms.RadioSelect,
        required=False,
        initial="yes",
    )
    votes_before_writing = forms.IntegerField(
        label=_("Votes before one may write"), min_value=0, max_value=50, initial=5
    )
    moderation = forms.ChoiceField(
        label=_("Statements are looked at"),
        choices=Moderation.choices,
        widget=forms.RadioSelect,
        initial=Moderation.BEFORE,
    )
    results = forms.ChoiceField(
        label=_("Results can be seen"),
        choices=Results.choices,
        widget=forms.RadioSelect,
        initial=Results.LIVE,
    )

    def __init__(self, *args: Any, user: Any, row: Consultation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [unit for unit in organisations.units() if permissions.can_organise(user, unit.pk)]
        choices = [(unit.pk, localised(unit.names) or unit.code) for unit in own]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]  # of a choice field
        if row is not None:
            del self.fields["code"], self.fields["unit"]

    def draft(self) -> planning.Draft:
        """What was written, as the verbs take it."""
        values = self.cleaned_data
        names = (
            *self.texts,
            "audience",
            "votes_before_writing",
            "moderation",
            "results",
        )
        last = values["last_day"]
        return planning.Draft(
            opens_at=midnight(values["first_day"]),
            closes_at=midnight(last + dt.timedelta(days=1)) if last else None,
            member_unit_id=values["member_unit"],
            accepts_statements=bool(values["accepts_statements"]),
            **{name: values[name] for name in names},
        )


def initial(row: Consultation) -> dict[str, Any]:
    """A consultation as the form shows it."""
    names = (*ConsultationForm.texts, "audience", "votes_before_writing", "moderation", "results")
    return {name: getattr(row, name) for name in names} | {
        "first_day": timezone.localdate(row.opens_at) if row.opens_at else None,
        "last_day": timezone.localdate(row.closes_at - dt.timedelta(seconds=1)) if row.closes_at else None,
        "member_unit": row.member_unit_id,
        "accepts_statements": "yes" if row.accepts_statements else "",
    }


def midnight(day: dt.date | None) -> dt.datetime | None:
    """The beginning of a day in the office's time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time())) if day else None


class ReasonsForm(fields.TextsForm):
    """A reason for everybody to read."""

    texts = {"reasons": fields.Texts(_("Reason, published"), longest=500, rows=3, is_required=True)}


class ExtendForm(ReasonsForm):
    last_day = forms.DateField(label=_("New last day"), widget=components.DateParts)
    field_order = ("last_day", "reasons")


class ConclusionForm(fields.TextsForm):
    texts = {
        "conclusions": fields.Texts(
            _("Answer as a whole"),
            longest=10_000,
            rows=8,
            is_required=True,
            hint=_("What you heard, what you decided, and what happens by when. Name the unit and the date."),
        )
    }


class SeedsForm(forms.Form):
    texts = components.Words(
        label=_("Statements, one on each line"),
        help_text=_(
            "Short sentences that people can agree or disagree with, one thought each, for all sides."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=100_000,
    )
    language = forms.ChoiceField(label=_("Language"), choices=list(OWN_NAMES.items()))
    is_meta = forms.TypedChoiceField(
        label=_("Do they ask about the participants themselves?"),
        help_text=_("Such as “I live in this district”. They move no map and need no answer."),
        choices=YES_NO,
        coerce=bool,
        empty_value="",
        widget=forms.RadioSelect,
        required=False,
        initial="",
    )


class RemoveForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason, counted in public"),
        choices=[pair for pair in RemovalReason.choices if pair[0] != RemovalReason.ELSEWHERE],
        widget=forms.RadioSelect,
    )


class CodesForm(forms.Form):
    label = forms.CharField(
        label=_("For whom"), help_text=_("Such as “households of Lakeside Road”."), max_length=100
    )
    count = forms.IntegerField(label=_("How many codes"), min_value=1, max_value=5_000, initial=100)


class PaperForm(forms.Form):
    """One sheet or call: a row of choices for each statement."""

    via = forms.ChoiceField(
        label=_("How it came in"),
        choices=[(v.value, v.label) for v in (Via.PAPER, Via.PHONE)],
        widget=forms.RadioSelect,
    )
    code = forms.CharField(label=_("Code on the letter"), max_length=40)
    sheet = forms.CharField(
        label=_("Number of the sheet"),
        help_text=_("The same number again changes what was entered. A call needs none."),
        max_length=40,
        required=False,
    )
    VOTES = [("1", _("Agree")), ("-1", _("Disagree")), ("0", _("Pass")), ("", _("Not answered"))]

    def __init__(self, *args: Any, row: Consultation, shown: list[Statement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["sheet" if row.audience == Audience.CODES else "code"]
        votes = [(value, str(label)) for value, label in self.VOTES]
        for one in shown:
            self.fields[f"vote_{one.pk}"] = vote = forms.ChoiceField(
                label=f"{one.number}. {one.text}",
                choices=votes,
                widget=forms.RadioSelect,
                required=False,
                initial="",
            )
            vote.template_name = "desk/consulting/vote.html"  # type: ignore[attr-defined]  # not in the stubs
        if row.accepts_statements:
            self.fields["statements"] = components.Words(
                label=_("Statements that the person wrote, one on each line"),
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=5_000,
                required=False,
            )

    def votes(self) -> dict[int, int]:
        """The votes that were given, by statement."""
        return {
            int(name.removeprefix("vote_")): int(value)
            for name, value in self.cleaned_data.items()
            if name.startswith("vote_") and value
        }


class DecideForm(fields.TextsForm):
    """What becomes of the chosen statements."""

    texts = {"reasons": fields.Texts(_("Reason"), longest=3000, rows=4, is_required=True)}
    field_order = ("statements", "decision", "reasons", "unit")
    statements = forms.TypedMultipleChoiceField(
        label=_("Statements"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    decision = forms.ChoiceField(
        label=_("What becomes of it"), choices=Decision.choices, widget=forms.RadioSelect
    )
    unit = fields.UnitField(label=_("Unit that does it"))

    def __init__(self, *args: Any, shown: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statements"].choices = shown  # type: ignore[attr-defined]  # of a choice field


class BringForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A ZIP with comments.csv, votes.csv and summary.csv, as Polis and Huiyin export it."),
    )
    code = forms.SlugField(label=_("Code"), max_length=60, help_text=fields.CODE_HINT)
    unit = fields.UnitField(label=_("Unit that asks"))
    language = forms.ChoiceField(label=_("Language of the texts"), choices=list(OWN_NAMES.items()))
    what = forms.ChoiceField(
        label=_("What to bring in"),
        choices=[
            ("all", _("Everything, as a consultation that has closed")),
            ("statements", _("Question and statements, as a draft")),
        ],
        widget=forms.RadioSelect,
        initial="all",
    )
