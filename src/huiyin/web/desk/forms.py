"""Forms for acting on one case. Each carries the revision that was read, and says by which verb it is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.queries import absences
from huiyin.cases.enums import Action
from huiyin.cases.operations import acting, handling, person, publishing
from huiyin.cases.queries import possible
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind
from huiyin.feedback.enums import Solved, Via
from huiyin.feedback.operations import Given
from huiyin.kernel.errors import Invalid
from huiyin.organisations import queries as organisations
from huiyin.web.components.forms import Words
from huiyin.web.desk import choices

if TYPE_CHECKING:
    from huiyin.cases.models import Case

LONGEST = 10_000


def letter_box(rows: int = 8) -> forms.Textarea:
    """A text area with a limit."""
    return forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST})


class ActionForm(forms.Form):
    """Base: the revision that was read, and the last event that was seen."""

    action: ClassVar[Action]
    title: ClassVar[Any] = ""
    explanation: ClassVar[Any] = ""
    submit: ClassVar[Any] = ""
    done: ClassVar[Any] = _("Done.")

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.user = user
        self.actor = acting.staff(user)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices that depend on the case; nothing here."""

    def perform(self) -> None:
        """Carry it out by its verb; refuses as the verb does."""
        raise NotImplementedError

    def choose(self, name: str, options: list[Any]) -> None:
        """Give a choice field its choices."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = options

    def amend(self, **values: str) -> None:
        """Go on with other values than those that were sent, for the next time the form is shown."""
        data = QueryDict(mutable=True)
        for name in self.data:
            data.setlist(
                name, self.data.getlist(name) if isinstance(self.data, QueryDict) else [self.data[name]]
            )
        for name, value in values.items():
            data[name] = value
        self.data = data

    @property
    def expected(self) -> int:
        """The revision that the form was made for; one without it is older than any."""
        return int(self.cleaned_data.get("revision") or 0)


class SignForm(ActionForm):
    action = Action.SIGN_FOR
    title = _("Sign for this case")
    explanation = _(
        "You confirm that your unit answers it. Who signs and finds no officer becomes the officer."
    )
    submit = _("Sign for it")
    done = _("Signed for. The case is your unit's.")

    def perform(self) -> None:
        """Sign for the case."""
        handling.sign_for(self.case.pk, actor=self.actor, revision=self.expected)


class StartForm(ActionForm):
    action = Action.START
    title = _("Begin to work on it")
    submit = _("Begin")

    def perform(self) -> None:
        """Work begins."""
        handling.start(self.case.pk, actor=self.actor, revision=self.expected)


class ResumeForm(ActionForm):
    action = Action.RESUME
    title = _("Work on without waiting longer")
    explanation = _("The clock goes on now. The person can still reply.")
    submit = _("Work on")

    def perform(self) -> None:
        """End the pause."""
        handling.resume(self.case.pk, actor=self.actor)


class TakeForm(ActionForm):
    action = Action.TAKE
    title = _("Who works on it")
    submit = _("Give the case")
    officer = forms.ChoiceField(label=_("Officer"))

    def prepare(self) -> None:
        """The head chooses among the unit's staff; an officer takes the case."""
        offered = [(str(self.user.pk), self.user.name)]
        if possible.is_head(self.user, self.case) and self.case.unit_id is not None:
            away = absences.today()
            offered = [
                (str(row.pk), choices.with_absence(row, away))
                for row in accounts.staff_of_unit(self.case.unit_id)
            ]
        self.choose("officer", offered)

    def perform(self) -> None:
        """Give the case to the officer."""
        officer = accounts.users().get(pk=int(self.cleaned_data["officer"]))
        handling.take(self.case.pk, officer=officer, actor=self.actor, revision=self.expected)


class AssignForm(ActionForm):
    action = Action.ASSIGN
    title = _("Send it to a unit")
    explanation = _("The dates promised to the person stay as they are.")
    submit = _("Send")
    done = _("Sent. The unit finds it in its list.")
    unit = forms.ChoiceField(label=_("Unit"))
    reason = Words(
        label=_("Why this unit"), help_text=_("Seen by colleagues only."), required=False, max_length=300
    )

    def prepare(self) -> None:
        """Units that receive cases; that of the service first chosen."""
        self.choose("unit", [("", _("Choose a unit")), *((str(pk), name) for pk, name in choices.units())])

    def perform(self) -> None:
        """Send the case to the unit."""
        unit = organisations.unit(int(self.cleaned_data["unit"]))
        if unit is None:
            raise Invalid(_("Choose a unit."), fields={"unit": _("Choose a unit.")})
        reason = self.cleaned_data["reason"]
        handling.assign(self.case.pk, unit=unit, actor=self.actor, reason=reason, revision=self.expected)


class ClassifyForm(ActionForm):
    action = Action.CLASSIFY
    title = _("Change service or kind")
    explanation = _("What was promised stays: neither shorter nor longer.")
    submit = _("Change")
    service = forms.ChoiceField(label=_("Service"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Services on offer; what the case has now is chosen."""
        self.choose("service", [("", _("Choose a service")), *choices.service_groups()])
        self.fields["service"].initial = self.case.service.code if self.case.service is not None else ""
        self.fields["kind"].initial = self.case.kind

    def perform(self) -> None:
        """Change service and kind."""
        service = catalogue.service(self.cleaned_data["service"])
        if service is None or service.current is None:
            raise Invalid(_("Choose a service."), fields={"service": _("Choose a service.")})
        handling.classify(
            self.case.pk, version=service.current, kind=Kind(self.cleaned_data["kind"]), actor=self.actor,
            revision=self.expected,
        )  # fmt: skip


class ContactForm(ActionForm):
    action = Action.CONTACT
    title = _("Record a contact with the person")
    explanation = _("The first contact stops its clock. What was said belongs into a note.")
    submit = _("Record")
    how = forms.ChoiceField(
        label=_("How you reached the person"),
        choices=[("phone", _("By telephone")), ("counter", _("At the counter")), ("visit", _("By a visit"))],
        widget=forms.RadioSelect,
        initial="phone",
    )

    def perform(self) -> None:
        """Record the contact."""
        handling.record_contact(
            self.case.pk, actor=self.actor, how=self.cleaned_data["how"], revision=self.expected
        )


class NoteForm(ActionForm):
    action = Action.NOTE
    title = _("Note for colleagues")
    submit = _("Keep the note")
    done = _("The note was kept. Only colleagues see it.")
    text = Words(label=_("Note"), widget=letter_box(4), max_length=LONGEST)

    def perform(self) -> None:
        """Write the note; it overwrites nothing, so whatever changed in between does not matter."""
        handling.write_note(self.case.pk, text=self.cleaned_data["text"], actor=self.actor)


class WriteForm(ActionForm):
    action = Action.PERSON_WRITES
    title = _("Write down what the person adds")
    explanation = _("In the person's own words, as they tell them to you.")
    submit = _("Add it to the case")
    text = Words(label=_("What the person says"), widget=letter_box(), max_length=LONGEST)

    def perform(self) -> None:
        """Add the message for the person."""
        person.write(self.case.pk, text=self.cleaned_data["text"], actor=self.actor)


class WithdrawForm(ActionForm):
    action = Action.WITHDRAW
    title = _("Withdraw it for the person")
    explanation = _("Only if the person asks for it. The case stays on record as withdrawn.")
    submit = _("Withdraw")
    text = Words(label=_("The person's reason"), widget=letter_box(3), max_length=LONGEST, required=False)

    def perform(self) -> None:
        """Withdraw the case."""
        person.withdraw(self.case.pk, reason=self.cleaned_data["text"], actor=self.actor)


class ReopenForm(ActionForm):
    action = Action.REOPEN
    title = _("Reopen it for the person")
    explanation = _("The unit works on it again, with a new date beside the first promise.")
    submit = _("Reopen")
    text = Words(label=_("What is not solved"), widget=letter_box(4), max_length=LONGEST)

    def perform(self) -> None:
        """Reopen the case."""
        person.reopen(self.case.pk, text=self.cleaned_data["text"], actor=self.actor)


class RateForm(ActionForm):
    action = Action.RATE
    title = _("Write down the person's verdict")
    explanation = _("Ask the three questions as they stand here. The verdict cannot be changed afterwards.")
    submit = _("Keep the verdict")
    contacted = forms.ChoiceField(
        label=_("Were you contacted?"),
        choices=[("yes", _("Yes, contacted")), ("no", _("No, not contacted"))],
        widget=forms.RadioSelect,
    )
    solved = forms.ChoiceField(label=_("Is it solved?"), choices=Solved.choices, widget=forms.RadioSelect)
    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are you? 5 is very satisfied, 1 not at all."),
        choices=[(str(n), str(n)) for n in (5, 4, 3, 2, 1)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = Words(label=_("Anything else"), widget=letter_box(3), max_length=2_000, required=False)

    def perform(self) -> None:
        """Keep the verdict."""
        data = self.cleaned_data
        given = Given(
            contacted=data["contacted"] == "yes", solved=Solved(data["solved"]), satisfaction=data["satisfaction"],
            text=data["text"],
        )  # fmt: skip
        person.judge(self.case.pk, given=given, actor=self.actor, via=Via.DESK)


class UnpublishForm(ActionForm):
    action = Action.UNPUBLISH
    title = _("Take it back from publication")
    explanation = _("The case itself is untouched. Its public page says that it is gone.")
    submit = _("Take it back")

    def perform(self) -> None:
        """Take the case out of the public list."""
        publishing.unpublish(self.case.pk, actor=self.actor, revision=self.expected)


FORMS: dict[str, type[ActionForm]] = {
    form.action.value: form
    for form in (
        SignForm, StartForm, ResumeForm, TakeForm, AssignForm, ClassifyForm, ContactForm, NoteForm, WriteForm,
        WithdrawForm, ReopenForm, RateForm, UnpublishForm,
    )
}  # fmt: skip
