"""The public log: tree heads and proofs, for eyes and for programs. Nothing here tells what a case is about."""

from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huiyin.audit import queries
from huiyin.kernel.errors import Invalid, Missing, Refusal
from huiyin.web.components import access

REASON = "Anybody may check that nothing was removed or rewritten."
Response = TypeVar("Response", bound=HttpResponse)
PER_PAGE = 20
MOST = 1000


class ConsistencyForm(forms.Form):
    first = forms.IntegerField(
        label=gettext_lazy("Leaves in the older tree"),
        help_text=gettext_lazy("A number from the table below."),
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-10"}),
    )
    second = forms.IntegerField(
        label=gettext_lazy("Leaves in the newer tree"),
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-10"}),
    )

    proof: dict[str, Any] | None = None

    def clean(self) -> dict[str, Any] | None:
        """Fetch the proof where both numbers are given; what the log refuses is said at the form."""
        given = self.cleaned_data
        if "first" in given and "second" in given:
            try:
                self.proof = queries.consistency(first=given["first"], second=given["second"])
            except Refusal as refusal:
                raise forms.ValidationError(str(refusal.message)) from refusal
        return given


class LeafForm(forms.Form):
    leaf = forms.CharField(
        label=gettext_lazy("Leaf hash"),
        help_text=gettext_lazy("64 letters and digits; your receipt has it."),
        max_length=64,
        min_length=64,
    )

    place: dict[str, Any] | None = None

    def clean_leaf(self) -> str:
        """Find the place of the leaf; what the log refuses is said at the field."""
        leaf = str(self.cleaned_data["leaf"])
        try:
            self.place = queries.inclusion(leaf)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal
        return leaf


@access.public(reason=REASON)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Tree heads, newest first, with a proof between any two and the place of one leaf."""
    before = _whole(request.GET.get("before"), largest=2**62)
    heads = queries.tree_heads(before=before, limit=PER_PAGE + 1)
    context = {
        "key": queries.key(),
        "newest": queries.newest_head(),
        "heads": heads[:PER_PAGE],
        "next": heads[PER_PAGE - 1].number if len(heads) > PER_PAGE else None,
        "consistency": ConsistencyForm(request.GET if "first" in request.GET else None),
        "inclusion": LeafForm(request.GET if "leaf" in request.GET else None),
        "address": settings.HUIYIN_BASE_URL,
    }
    return render(request, "public/log/page.html", context)


@access.public(reason=REASON)
@require_safe
def heads(request: HttpRequest) -> JsonResponse:
    """Tree heads, newest first: `before` a number, `limit` up to 1000; `next` is the `before` of the following page."""
    limit = _whole(request.GET.get("limit"), largest=MOST) or PER_PAGE
    found = queries.tree_heads(before=_whole(request.GET.get("before"), largest=2**62), limit=limit)
    following = found[-1].number if len(found) == limit and found[-1].number > 1 else None
    return _json({"heads": [queries.head_dict(head) for head in found], "next": following})


@access.public(reason=REASON)
@require_safe
def consistency(request: HttpRequest) -> JsonResponse:
    """Proof that the tree of `second` leaves continues that of `first`."""
    sizes = [_whole(request.GET.get(name), largest=2**62) for name in ("first", "second")]
    if sizes[0] is None or sizes[1] is None:
        raise Invalid(_("Name two tree sizes: first=…&second=…"))
    return _json(queries.consistency(first=sizes[0], second=sizes[1]))


@access.public(reason=REASON)
@require_safe
def inclusion(request: HttpRequest) -> JsonResponse:
    """Place of one leaf, with its proof against the newest tree head, or that of `size` leaves."""
    return _json(
        queries.inclusion(request.GET.get("leaf", ""), size=_whole(request.GET.get("size"), largest=2**62))
    )


@access.public(reason=REASON)
@require_safe
def key(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- Django's signature
    """The log's public key."""
    return _json(queries.key())


@access.public(reason=REASON)
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """The newest tree head as a signed note, which tools for transparency logs read."""
    head = queries.newest_head()
    if head is None:
        raise Missing(_("No tree head has been signed yet."))
    return _open(HttpResponse(queries.checkpoint(head), content_type="text/plain; charset=utf-8"))


def _json(value: dict[str, Any]) -> JsonResponse:
    return _open(JsonResponse(value, json_dumps_params={"ensure_ascii": False}))


def _open(response: Response) -> Response:
    """Let pages of other sites read it too: a check is worth more where this server has no hand in it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    return response


def _whole(text: str | None, *, largest: int) -> int | None:
    """A positive whole number; None if there is none."""
    if not text or not text.isdecimal() or len(text) > 19:
        return None
    return min(int(text), largest) or None
