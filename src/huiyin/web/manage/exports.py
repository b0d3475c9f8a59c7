"""Taking cases out into a file."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.cases.enums import State
from huiyin.kernel.errors import Invalid
from huiyin.usecases.bulk import exporting
from huiyin.usecases.bulk.writers import Format
from huiyin.web.components import access
from huiyin.web.components.forms import DateParts
from huiyin.web.components.states import state_name
from huiyin.web.manage import fields, pages

MOST = 100_000


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of file"), choices=[(own.value, own.name) for own in Format]
    )
    states = forms.MultipleChoiceField(
        label=gettext_lazy("States"),
        choices=[(state.value, state_name(state)) for state in State],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    unit = fields.UnitField(label=gettext_lazy("Only of this unit"), required=False)
    first = forms.DateField(
        label=gettext_lazy("Received on this day or later"), widget=DateParts, required=False
    )
    last = forms.DateField(
        label=gettext_lazy("Received on this day or before"), widget=DateParts, required=False
    )
    purpose = forms.CharField(
        label=gettext_lazy("With contact data, for this purpose"),
        help_text=gettext_lazy(
            "Leave empty for cases without contact data. Each person will read the purpose."
        ),
        max_length=300,
        required=False,
    )

    def where(self) -> Q:
        """The cases that were asked for."""
        values = self.cleaned_data
        found = Q(state__in=values["states"]) if values["states"] else Q()
        if values["unit"]:
            found &= Q(unit_id=values["unit"])
        if values["first"]:
            found &= Q(received_at__gte=_midnight(values["first"]))
        if values["last"]:
            found &= Q(received_at__lt=_midnight(values["last"] + dt.timedelta(days=1)))
        return found


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@access.requires(Permission.EXPORT_CASES)
def export(request: HttpRequest) -> HttpResponse:
    """Choose cases and take them out as a file."""
    user = pages.actor(request)
    given = ExportForm(pages.posted(request))
    if not accounts.may(user, Permission.EXPORT_CONTACTS):
        del given.fields["purpose"]
    ask = pages.Asking(
        title=_("Take out cases"),
        intro=_("The file has the columns that an import reads. It is recorded who took it."),
        button=_("Make the file"),
        back=reverse("manage:home"),
    )
    return pages.form(request, given, ask, lambda values: _file(user, Format(values["kind"]), given))


def _file(user: Any, kind: Format, given: ExportForm) -> FileResponse:
    where = given.where()
    if exporting.count(where, actor=user) > MOST:
        raise Invalid(
            _("These are more than %(most)d cases. Choose fewer, or use export_cases.") % {"most": MOST}
        )
    purpose = given.cleaned_data.get("purpose", "")
    with tempfile.TemporaryDirectory(prefix="huiyin-export-") as folder:
        path = Path(folder) / f"cases.{kind.value}"
        if purpose:
            exporting.export_with_contacts(path, kind=kind, user=user, where=where, purpose=purpose)
        else:
            exporting.export(path, kind=kind, actor=user, where=where)
        # The open file outlives its folder.
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
