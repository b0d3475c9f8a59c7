"""What the screens of Manage have in common: lists, forms, questions before something serious, and their answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext

from huiyin.accounts import queries as accounts
from huiyin.kernel.errors import Conflict, Invalid, Missing

if TYPE_CHECKING:
    from huiyin.accounts.models import User

Text = str | Promise
Act = Callable[[dict[str, Any]], Any]
ROWS = 50


@dataclass(frozen=True)
class Cell:
    """One cell of a list: text, a link around it, a smaller line below, or a tag of a kind."""

    text: Text | int
    href: str = ""
    note: Text = ""
    tag: str = ""
    depth: int = 0
    numeric: bool = False


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the start of Manage to here."""

    text: Text
    href: str


@dataclass(frozen=True)
class Listing:
    """A screen with a list: its heading, its rows, and what stands there when there are none."""

    title: Text
    headers: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    empty: Text
    intro: Text = ""
    new: Crumb | None = None
    filters: forms.Form | None = None
    page: PageOfRows[Any] | None = None
    crumbs: Sequence[Crumb] = ()
    others: Sequence[Crumb] = ()
    # Where the way begins, if not at the start of Manage.
    start: Crumb | None = None

    @property
    def labelled(self) -> list[list[tuple[Text, Cell]]]:
        """The rows with each cell's heading: on a narrow screen a row becomes a list of headings and values."""
        return [list(zip(self.headers, row, strict=False)) for row in self.rows]


@dataclass(frozen=True)
class Asking:
    """A screen with a form or with a question: its words, and where it leads."""

    title: Text
    button: Text
    back: str
    done: str = ""
    said: Text = ""
    intro: Text = ""
    crumbs: Sequence[Crumb] = ()
    is_serious: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    # Where the way begins, if not at the start of Manage.
    start: Crumb | None = None


def actor(request: HttpRequest) -> "User":
    """The member of staff who acts. The middleware let nobody else pass; refuses (Denied) all the same."""
    return accounts.staff_member(request.user)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even if it is nothing; None if nothing was asked to be done."""
    return request.POST if request.method == "POST" else None


def found(row: Any) -> Any:
    """The row, or a refusal (Missing) for None."""
    if row is None:
        raise Missing
    return row


def home() -> Crumb:
    """The first step of the way."""
    return Crumb(pgettext("the part for administrators", "Set up"), reverse("manage:home"))


def numbered(
    request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", *, size: int = ROWS
) -> PageOfRows[Any]:
    """The page of rows that was asked for."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def listing(request: HttpRequest, what: Listing) -> HttpResponse:
    """Show a list."""
    crumbs = [what.start or home(), *what.crumbs]
    return render(request, "manage/list.html", {"what": what, "crumbs": crumbs, "page_obj": what.page})


def form(
    request: HttpRequest, given: forms.Form, ask: Asking, act: Act, *, template: str = "manage/form.html"
) -> HttpResponse:
    """Show a form; when it is sent and accepted, `act` on its values and go on to `ask.done`.

    What `act` refuses (Invalid, Conflict) is shown with the form, at the field it names. If `act` returns a response,
    that is the answer.
    """
    if request.method == "POST" and given.is_valid():
        try:
            result = act(given.cleaned_data)
        except (Invalid, Conflict) as refusal:
            _tell(given, refusal)
        else:
            # A file that is sent is a response too, though not of this class.
            return cast("HttpResponse", result) if isinstance(result, HttpResponseBase) else _on(request, ask)
    context = {"form": given, "ask": ask, "crumbs": [ask.start or home(), *ask.crumbs], **ask.extra}
    return render(request, template, context, status=422 if given.errors else 200)


def confirm(request: HttpRequest, ask: Asking, act: Callable[[], Any]) -> HttpResponse:
    """Ask before something serious; when confirmed, `act` and go on to `ask.done`."""
    if request.method == "POST":
        try:
            result = act()
        except (Invalid, Conflict) as refusal:
            messages.error(request, str(refusal.message))
            return HttpResponseRedirect(ask.back)
        return result if isinstance(result, HttpResponse) else _on(request, ask)
    context = {"ask": ask, "crumbs": [ask.start or home(), *ask.crumbs], **ask.extra}
    return render(request, "manage/confirm.html", context)


def _on(request: HttpRequest, ask: Asking) -> HttpResponse:
    if ask.said:
        messages.success(request, str(ask.said))
    return HttpResponseRedirect(ask.done or ask.back)


def _tell(given: forms.Form, refusal: Invalid | Conflict) -> None:
    unplaced = True
    for name, text in refusal.fields.items():
        # A text in several languages is one field to the verb and several in the form.
        target = next((own for own in given.fields if own == name or own.startswith(f"{name}_")), None)
        if target is not None:
            given.add_error(target, str(text))
            unplaced = False
    if unplaced:
        given.add_error(None, str(refusal.message))
