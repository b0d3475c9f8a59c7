"""The question editor: a draft in the session, one page per question, put into force as a new version."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.catalogue import operations
from huiyin.catalogue.queries import history
from huiyin.kernel.errors import Invalid
from huiyin.questionnaires import operations as questionnaires
from huiyin.questionnaires import queries
from huiyin.web.components import access
from huiyin.web.manage import fields, pages, service_tree
from huiyin.web.manage.question_form import QuestionForm


class NoteForm(forms.Form):
    change_note = forms.CharField(label=gettext_lazy("What was changed, and why"), max_length=300)


class Draft:
    """The questions that an administrator is working on, kept in the session until they are put into force."""

    def __init__(self, request: HttpRequest, service: Any) -> None:
        self.session, self.key = request.session, f"questions:{service.code}"
        stored = service.current.form.questions if service.current and service.current.form else []
        number = service.current.number if service.current else 0
        kept = self.session.get(self.key)
        self.is_changed = kept is not None
        self.base: int = kept["base"] if kept else number
        self.rows: list[dict[str, Any]] = kept["rows"] if kept else stored
        self.is_stale = self.base != number

    def replace(self, rows: list[dict[str, Any]]) -> None:
        """Keep other questions; refuses (Invalid) what could not be asked."""
        self.rows = queries.dump(questionnaires.checked(rows))
        self.session[self.key] = {"base": self.base, "rows": self.rows}

    def forget(self) -> None:
        """Throw the draft away."""
        self.session.pop(self.key, None)


def _back(code: str) -> str:
    return reverse("manage:questions", args=[code])


@access.requires(Permission.MANAGE_CATALOGUE)
def questions(request: HttpRequest, code: str) -> HttpResponse:
    """The questions in their order, and the way to put them into force."""
    row = pages.found(history.any_service(code))
    draft = Draft(request, row)
    parsed = queries.parse(draft.rows)
    names = {question.code: question for question in parsed}
    given = NoteForm(pages.posted(request))
    context = {
        "service": row,
        "name": fields.service_name(row),
        "draft": draft,
        "questions": [(question, _condition(question, names)) for question in parsed],
        "extra_form": given,
    }
    ask = pages.Asking(
        title=_("Questions of %(service)s") % {"service": fields.service_name(row)},
        button=_("Put into force"),
        back=reverse("manage:service", args=[code]),
        said=_("The new questions are asked from now on."),
        crumbs=service_tree.own_crumbs(row),
        extra=context,
    )

    def act(values: dict[str, Any]) -> HttpResponse | None:
        by = pages.actor(request)
        operations.replace_questions(
            row, questions=draft.rows, base=draft.base, change_note=values["change_note"], actor=by
        )
        draft.forget()
        return None

    return pages.form(request, given, ask, act, template="manage/questions.html")


def _condition(question: Any, names: dict[str, Any]) -> str:
    if question.shown_if is None:
        return ""
    parent = names[question.shown_if.code]
    words = {
        "question": parent.label(fields.language()),
        "answer": parent.value_label(question.shown_if.equals, fields.language()),
    }
    return _("Only if “%(question)s” is answered “%(answer)s”") % words


@access.requires(Permission.MANAGE_CATALOGUE)
def question(request: HttpRequest, code: str, place: int) -> HttpResponse:
    """Change the question at a place; one place after the last adds a question."""
    row = pages.found(history.any_service(code))
    draft = Draft(request, row)
    if place > len(draft.rows):
        return HttpResponseRedirect(_back(code))
    own = draft.rows[place] if place < len(draft.rows) else None
    given = QuestionForm(pages.posted(request), own=own, earlier=queries.parse(draft.rows)[:place])
    ask = pages.Asking(
        title=_("Question %(number)s") % {"number": place + 1},
        intro=_("Kept as a draft; nobody is asked before you put the questions into force."),
        button=_("Keep"),
        back=_back(code),
        crumbs=service_tree.own_crumbs(row),
    )
    return pages.form(
        request,
        given,
        ask,
        lambda _values: draft.replace([*draft.rows[:place], given.row(), *draft.rows[place + 1 :]]),
    )


@access.requires(Permission.MANAGE_CATALOGUE)
def arrange(request: HttpRequest, code: str) -> HttpResponse:
    """Move a question up (`up`), remove it (`remove`), or throw the draft away (`forget`)."""
    row = pages.found(history.any_service(code))
    draft = Draft(request, row)
    rows = list(draft.rows)
    up, remove = _place(request, "up"), _place(request, "remove")
    try:
        if "forget" in request.POST:
            draft.forget()
        elif 0 < up < len(rows):
            rows[up - 1], rows[up] = rows[up], rows[up - 1]
            draft.replace(rows)
        elif 0 <= remove < len(rows):
            draft.replace(rows[:remove] + rows[remove + 1 :])
    except Invalid as refusal:
        messages.error(request, str(refusal.message))
    return HttpResponseRedirect(_back(code))


def _place(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 4 else -1
