"""Forms for merging, splitting and linking."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Action
from huiyin.cases.operations import merging, splitting
from huiyin.cases.queries import family
from huiyin.catalogue import queries as catalogue
from huiyin.web.components import punctuation
from huiyin.web.components.forms import Words
from huiyin.web.desk import choices
from huiyin.web.desk.forms import LONGEST, ActionForm, letter_box


class GatherForm(ActionForm):
    action = Action.GATHER
    title = _("Merge other cases into this one")
    explanation = _(
        "One case is worked on; everybody gets its answer and judges it by themselves. The earliest deadline counts. "
        "Each merger can be undone."
    )
    submit = _("Merge")
    done = _("Merged. Everybody gets the answer of this case; each merger can be undone.")
    numbers = Words(
        label=_("Numbers of the other cases"),
        help_text=_("With blanks between them."),
        widget=letter_box(3),
        max_length=2_000,
    )

    def clean_numbers(self) -> list[int]:
        """The ids of the cases that are meant; every number must be one that the user may open."""
        found, unknown = family.by_numbers(self.user, str(self.cleaned_data["numbers"]))
        if unknown:
            names = {"numbers": punctuation.listing(unknown)}
            raise forms.ValidationError(
                gettext("Not found among the cases you may open: %(numbers)s.") % names
            )
        return found

    def perform(self) -> None:
        """Merge the others into this case."""
        others = self.cleaned_data["numbers"]
        merging.merge(self.case.pk, others=others, actor=self.actor, revision=self.expected)


class SplitForm(ActionForm):
    action = Action.SPLIT
    title = _("Split off a part")
    explanation = _(
        "The part becomes a case of its own for another unit, promised for the same date. It stays with the same "
        "person, who opens it with the same code."
    )
    submit = _("Split it off")
    done = _("Split off. The part has a number of its own.")
    text = Words(
        label=_("What the other unit is to do"),
        help_text=_("The person reads it too."),
        widget=letter_box(5),
        max_length=LONGEST,
    )
    service = forms.ChoiceField(label=_("Service"), required=False)

    def prepare(self) -> None:
        """The words of the case to begin with, and the services on offer."""
        self.fields["text"].initial = self.case.text
        self.choose("service", [("", _("The dispatcher decides")), *choices.service_groups()])

    def perform(self) -> None:
        """Split the part off."""
        service = catalogue.service(self.cleaned_data["service"]) if self.cleaned_data["service"] else None
        part = splitting.Part(text=self.cleaned_data["text"], version=service.current if service else None)
        splitting.split(self.case.pk, part=part, actor=self.actor, revision=self.expected)


class LinkForm(ActionForm):
    action = Action.LINK
    title = _("Link with another case")
    explanation = _("Colleagues see that the two have to do with each other. Nothing else follows from it.")
    submit = _("Link")
    done = _("Linked.")
    number = forms.CharField(label=_("Number of the other case"), max_length=40)

    def clean_number(self) -> Any:
        """The id of the other case."""
        found, _unknown = family.by_numbers(self.user, str(self.cleaned_data["number"]).replace(" ", ""))
        if not found:
            raise forms.ValidationError(
                gettext("There is no such case, or it is not among those you may open.")
            )
        return found[0]

    def perform(self) -> None:
        """Link the two."""
        splitting.link(self.case.pk, other=self.cleaned_data["number"], actor=self.actor)


FORMS = (GatherForm, SplitForm, LinkForm)
