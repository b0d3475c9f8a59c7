"""Consultations as files: taking one out, bringing one in."""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.consultations import permissions
from huiyin.consultations.operations import importing
from huiyin.consultations.queries import exports
from huiyin.kernel.errors import Denied, Invalid
from huiyin.organisations import queries as organisations
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame
from huiyin.web.desk.consulting.forms import BringForm
from huiyin.web.desk.consulting.lists import ORGANISERS
from huiyin.web.manage import pages

NAMES = (importing.COMMENTS, importing.VOTES, importing.MATRIX, importing.SUMMARY)
MOST_BYTES = 500 * 1024 * 1024


@access.requires(*ORGANISERS)
def take_out(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The whole consultation as a ZIP file; refuses while results are hidden."""
    row = frame.found(request, pk)
    if not permissions.can_organise(pages.actor(request), row.unit_id):
        raise Denied
    return FileResponse(exports.archive(row), as_attachment=True, filename=f"{row.code}.zip")


@access.requires(*ORGANISERS)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Bring in a consultation from files of Polis or Huiyin."""
    ask = pages.Asking(
        title=_("Bring in a consultation"),
        intro=_("Larger ones: huiyin import_consultation on the server."),
        button=_("Bring it in"),
        back=reverse("desk:consultations"),
        start=frame.start(),
    )
    form = BringForm(pages.posted(request), request.FILES or None)
    return pages.form(request, form, ask, lambda values: _brought(request, values))


def _brought(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    unit = pages.found(organisations.unit(values["unit"]))
    bring = importing.bring_closed if values["what"] == "all" else importing.bring_statements
    with tempfile.TemporaryDirectory(prefix="huiyin-consultation-") as folder:
        _unpack(values["file"], Path(folder))
        done = bring(
            Path(folder),
            code=values["code"],
            unit=unit,
            language=values["language"],
            actor=pages.actor(request),
        )
    for warning in done.warnings:
        messages.warning(request, warning)
    return HttpResponseRedirect(reverse("desk:consultation", args=[done.consultation.pk]))


def _unpack(sent: Any, folder: Path) -> None:
    """The files that are known, wherever they lie in the ZIP; refuses (Invalid) what is none, or too much."""
    try:
        with zipfile.ZipFile(sent) as packed:
            for info in packed.infolist():
                name = info.filename.rpartition("/")[2]
                if name not in NAMES:
                    continue
                if info.file_size > MOST_BYTES:
                    raise Invalid(_("This file is too large. Use huiyin import_consultation on the server."))
                (folder / name).write_bytes(packed.read(info))
    except zipfile.BadZipFile as error:
        message = _("This is no ZIP file.")
        raise Invalid(message, fields={"file": message}) from error
