"""Writing to the person: write, look at it as they will see it, send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.cases.enums import Action
from huiyin.cases.queries import family, opening, possible
from huiyin.files import operations as files
from huiyin.kernel.errors import Conflict, Refusal
from huiyin.web.components import access
from huiyin.web.desk import case as case_screens
from huiyin.web.desk import frame, letter_forms
from huiyin.web.desk.worklist import SEES_CASES

if TYPE_CHECKING:
    from huiyin.cases.models import Case

MOST_FILES = 5


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(*SEES_CASES)
def letter(request: HttpRequest, number: str) -> HttpResponse:
    """The letter in its steps: `template` puts a text in, `preview` shows it, `edit` goes back, `send` sends it."""
    row = opening.for_staff(number, user=request.user)
    form = _form(request, row)
    if request.method != "POST":
        return _write(request, row, form)
    step = request.POST.get("step", "preview")
    if step == "template":
        return _with_template(request, row, form)
    problem = _take_files(request, form)
    if step == "edit" or problem or not form.is_valid():
        return _write(request, row, form, problem=problem)
    try:
        if step == "send":
            form.perform()
            messages.success(request, str(form.done))
            return redirect("desk:case", row.number)
        _check_revision(form)
    except Refusal as refusal:
        more = {"templates": letter_forms.templates(row), "files": form.attached()}
        return case_screens.refused(request, form, refusal, "desk/letter.html", **more)
    return _preview(request, row, form)


def _form(request: HttpRequest, row: Case) -> letter_forms.LetterForm:
    allowed = {action.value for action in possible.actions(row, user=request.user)} & frame.LETTERS  # type: ignore[arg-type]
    if not allowed and request.method != "POST":
        raise Conflict(_("No letter can be written while the case stands like this."))
    given: dict[str, Any] = {"case": row, "user": request.user, "allowed": allowed}
    if request.method == "POST":
        # After a change by somebody else a kind of letter may be gone: it is refused by its verb, with the reason.
        return letter_forms.LetterForm(request.POST, **(given | {"allowed": allowed or frame.LETTERS}))
    initial = case_screens.read(row) | {"letter": letter_forms.kind_of(request.GET.get("kind", ""))}
    return letter_forms.LetterForm(initial=initial, **given)


def _check_revision(form: letter_forms.LetterForm) -> None:
    """Say already before the preview that somebody else was faster."""
    if form.expected != form.case.revision:
        raise Conflict(
            _("Somebody else changed this case in the meantime. Look at what changed, then try again.")
        )


def _with_template(request: HttpRequest, row: Case, form: letter_forms.LetterForm) -> HttpResponse:
    """Put the chosen template below what was typed."""
    data = dict(form.data.items())
    text = letter_forms.filled(request.POST.get("template", ""), row, user=request.user)
    typed = request.POST.get("text", "").rstrip()
    data["text"] = f"{typed}\n\n{text}" if typed and text else typed or text
    initial = {name: data.get(name) for name in ("letter", "text", "kept", "revision", "seen")}
    again = letter_forms.LetterForm(initial=initial, case=row, user=request.user, allowed=form.allowed)
    return _write(request, row, again)


def _take_files(request: HttpRequest, form: letter_forms.LetterForm) -> str:
    """Keep what was uploaded with this step beside what was kept before; what was refused, in words."""
    kept = [row for row in form.attached() if str(row.pk) not in request.POST.getlist("remove")]
    problem = ""
    for upload in request.FILES.getlist("files"):
        if len(kept) >= MOST_FILES:
            problem = _("At most %(most)d files go with a letter.") % {"most": MOST_FILES}
            break
        try:
            kept.append(files.store(upload, name=upload.name or ""))
        except Refusal as refusal:
            problem = str(refusal.message)
    form.amend(kept=form.keep(kept))
    return problem


def _write(
    request: HttpRequest, row: Case, form: letter_forms.LetterForm, *, problem: str = ""
) -> HttpResponse:
    if problem and form.is_bound:
        form.add_error(None, problem)
    elif form.is_bound and request.POST.get("step") == "edit":
        form = letter_forms.LetterForm(
            initial=dict(form.data.items()),
            case=row,
            user=request.user,
            allowed=form.allowed,
        )
    context = frame.around(row, user=request.user) | {
        "form": form,
        "templates": letter_forms.templates(row),
        "files": form.attached(),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/letter.html", context, status=status)


def _preview(request: HttpRequest, row: Case, form: letter_forms.LetterForm) -> HttpResponse:
    group = family.group_size(row) if form.what[0] in {Action.ANSWER, Action.NOT_ACCEPT} else 0
    context = frame.around(row, user=request.user) | {"form": form, "files": form.attached(), "group": group}
    return render(request, "desk/letter_preview.html", context)
