"""Whoever was told the answer to a consultation lets their address be deleted: the link at the end of the mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiyin.consultations.operations import following
from huiyin.web.components import access


@access.public(reason="The link in the mail is the proof.")
def stop(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Ask once, so that a mail program that opens links deletes nothing; then delete the address."""
    if request.method == "POST":
        following.stop(pk, token=token)
        return render(request, "public/told.html", {"done": True})
    following.check(pk, token=token)
    return render(request, "public/told.html")
