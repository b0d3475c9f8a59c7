"""Forms for returning a case, and for deciding whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Action, ReturnReason
from huiyin.cases.operations import returns
from huiyin.kernel.errors import Invalid
from huiyin.organisations import queries as organisations
from huiyin.web.components.forms import Words
from huiyin.web.desk import choices
from huiyin.web.desk.forms import ActionForm, letter_box

if TYPE_CHECKING:
    from huiyin.organisations.models import Unit


class ReturnForm(ActionForm):
    action = Action.RETURN
    title = _("Return it as not ours")
    explanation = _(
        "It goes back to the dispatcher, never to the person, whose clock keeps running. Until another unit accepts "
        "it, yours stays responsible."
    )
    submit = _("Return it")
    done = _("Returned. The dispatcher decides; until another unit accepts, yours stays responsible.")
    reason = forms.ChoiceField(label=_("Reason"), choices=ReturnReason, widget=forms.RadioSelect)
    text = Words(
        label=_("Why it is not yours"),
        help_text=_("Seen by colleagues only."),
        widget=letter_box(4),
        max_length=2_000,
    )
    proposed = forms.ChoiceField(label=_("Which unit is right"), required=False)

    def prepare(self) -> None:
        """Every unit but one's own."""
        others = [(str(pk), name) for pk, name in choices.units() if pk != self.case.unit_id]
        self.choose("proposed", [("", _("I do not know")), *others])

    def perform(self) -> None:
        """Return the case."""
        data = self.cleaned_data
        proposed = organisations.unit(int(data["proposed"])) if data["proposed"] else None
        returns.give_back(
            self.case.pk, reason=ReturnReason(data["reason"]), text=data["text"], proposed=proposed,
            actor=self.actor, revision=self.expected,
        )  # fmt: skip


class RuleForm(ActionForm):
    action = Action.ARBITRATE
    title = _("Decide who is responsible")
    explanation = _(
        "The decision binds everybody and is kept as a precedent for cases like this. Name no person in it."
    )
    submit = _("Decide")
    done = _("Decided. The unit finds the case in its list, the decision stands among the precedents.")
    unit = forms.ChoiceField(label=_("Responsible unit"))
    matter = Words(label=_("What it is about, in a line"), max_length=300)
    ground = Words(label=_("Ground of the decision"), widget=letter_box(4), max_length=2_000)

    def prepare(self) -> None:
        """Units that receive cases."""
        self.choose("unit", [("", _("Choose a unit")), *((str(pk), name) for pk, name in choices.units())])

    def perform(self) -> None:
        """Decide."""
        data = self.cleaned_data
        returns.rule(
            self.case.pk, unit=chosen_unit(data["unit"]), matter=data["matter"], ground=data["ground"],
            actor=self.actor, revision=self.expected,
        )  # fmt: skip


def chosen_unit(value: str) -> Unit:
    """The unit with this id; refuses (Invalid) none."""
    unit = organisations.unit(int(value)) if value.isdecimal() else None
    if unit is None:
        raise Invalid(_("Choose a unit."), fields={"unit": _("Choose a unit.")})
    return unit


class RevokeForm(forms.Form):
    why = Words(label=_("Why it no longer holds"), max_length=300)


FORMS = (ReturnForm, RuleForm)
