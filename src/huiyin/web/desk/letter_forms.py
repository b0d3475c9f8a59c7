"""Letters to the person: answer, question, message, refusal. One form; what kind of letter it is decides the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import ANSWER_OUTCOMES, Action, NotAcceptedReason, Outcome
from huiyin.cases.operations import handling
from huiyin.catalogue import queries as catalogue
from huiyin.files import queries as files
from huiyin.kernel import clock
from huiyin.kernel.errors import Invalid
from huiyin.knowledge import queries as knowledge
from huiyin.web.components import dates, punctuation
from huiyin.web.components.forms import Words
from huiyin.web.desk.forms import LONGEST, ActionForm, letter_box

if TYPE_CHECKING:
    from collections.abc import Collection

    from huiyin.cases.models import Case

KEPT_SALT = "huiyin.desk.letter"


class LetterForm(ActionForm):
    """`letter` is the kind of letter with what belongs to it, as one choice: "answer:solved", "ask:" and so on."""

    submit = _("Look at it as the person will see it")
    done = _("Sent. The person reads it on their page.")

    letter = forms.ChoiceField(label=_("This letter is"))
    text = Words(label=_("Letter to the person"), widget=letter_box(), max_length=LONGEST)
    # Files that were taken in at an earlier step, signed so that nobody adds those of others.
    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, allowed: Collection[str], **kwargs: Any) -> None:
        self.allowed = allowed
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """Offer only letters that may be written now."""
        self.choose("letter", _kinds(self.allowed))

    def clean_text(self) -> str:
        """Refuse a letter in which variables of a template still stand."""
        text = str(self.cleaned_data["text"])
        left = knowledge.left_open(text)
        if left:
            raise forms.ValidationError(
                gettext("Fill in what the template left open: %(names)s.")
                % {"names": punctuation.listing(f"{{{name}}}" for name in left)}
            )
        return text

    def attached(self) -> list[Any]:
        """The files that go with the letter."""
        try:
            ids = signing.loads(
                self.data.get("kept") or self.initial.get("kept") or "[]", salt=f"{KEPT_SALT}:{self.case.pk}"
            )
        except signing.BadSignature:
            return []
        return files.stored(ids)

    def keep(self, rows: list[Any]) -> str:
        """The signed list of these files, for the next step."""
        return signing.dumps([row.pk for row in rows], salt=f"{KEPT_SALT}:{self.case.pk}")

    @property
    def what(self) -> tuple[str, str]:
        """Kind of letter and what belongs to it."""
        kind, _colon, detail = str(self.cleaned_data["letter"]).partition(":")
        return kind, detail

    @property
    def heading(self) -> str:
        """What the person reads above the letter."""
        kind, detail = self.what
        if kind == Action.ANSWER:
            return gettext("Answer: %(outcome)s") % {"outcome": _name(Outcome, detail)}
        if kind == Action.NOT_ACCEPT:
            return gettext("Not accepted: %(reason)s") % {"reason": _name(NotAcceptedReason, detail)}
        return gettext("A question to you") if kind == Action.ASK else gettext("A message to you")

    def perform(self) -> None:
        """Send the letter by the verb of its kind."""
        kind, detail = self.what
        text, rows = self.cleaned_data["text"], self.attached()
        common: dict[str, Any] = {"text": text, "actor": self.actor, "revision": self.expected}
        match kind:
            case Action.ANSWER:
                handling.answer(self.case.pk, outcome=Outcome(detail), files=rows, **common)
            case Action.ASK:
                handling.ask(self.case.pk, files=rows, **common)
            case Action.INFORM:
                handling.inform(self.case.pk, files=rows, **common)
            case Action.NOT_ACCEPT:
                handling.not_accept(self.case.pk, reason=NotAcceptedReason(detail), **common)
            case _:
                raise Invalid(_("Choose what kind of letter this is."))


def for_page(
    case: Case, *, user: Any, initial: dict[str, Any], allowed: Collection[str]
) -> LetterForm | None:
    """The composer on the case's own page; None where no letter can be written now."""
    if not _kinds(allowed)[1:]:
        return None
    return LetterForm(initial=initial, case=case, user=user, allowed=allowed, auto_id="letter-%s")


def kind_of(action: str) -> str:
    """What stands chosen when the letter was begun by one of the buttons; answers still need their outcome."""
    return f"{action}:" if action in {Action.ASK, Action.INFORM} else ""


def templates(case: Case) -> list[Any]:
    """Reply templates that fit the case, the most particular first."""
    return list(
        knowledge.offered(
            service_id=case.service_id, state=case.state, unit_id=case.unit_id, language=case.language
        )[:50]
    )


def filled(pk: str, case: Case, *, user: Any) -> str:
    """The text of a template with what is known of the case; empty for a template that there is not."""
    row = knowledge.template(int(pk)) if pk.isdecimal() else None
    if row is None or not row.is_active:
        return ""
    service = case.service.current if case.service is not None else None
    values = {
        "number": case.number,
        "service": catalogue.localised(service.public_names, case.language) if service is not None else "",
        "unit": catalogue.localised(case.unit.names, case.language) if case.unit is not None else "",
        "deadline": dates.moment_words(case.due_at, this_year=clock.today().year, language=case.language)
        if case.due_at
        else "",
        "officer": user.name,
    }
    try:
        return knowledge.fill(row.text, values)
    except knowledge.UnknownVariables:
        return row.text


def _kinds(allowed: Collection[str]) -> list[Any]:
    groups: list[Any] = [("", gettext("Choose"))]
    if Action.ANSWER in allowed:
        groups.append((gettext("Answer"), [(f"answer:{o.value}", _answer_name(o)) for o in ANSWER_OUTCOMES]))
    others = []
    if Action.ASK in allowed:
        others.append(("ask:", gettext("Question: the clock stands until the reply")))
    if Action.INFORM in allowed:
        others.append(("inform:", gettext("Message: work goes on")))
    if others:
        groups.append((gettext("Not an answer yet"), others))
    if Action.NOT_ACCEPT in allowed:
        reasons = [(f"not_accept:{value}", label) for value, label in NotAcceptedReason.choices]
        groups.append((gettext("Decline"), reasons))
    return groups


def _answer_name(outcome: Outcome) -> str:
    return gettext("Answer: %(outcome)s") % {"outcome": outcome.label}


def _name(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else ""
