"""One's own data: see and correct the contact, take everything along, have it erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.cases.operations import notices
from huiyin.kernel.errors import Invalid, Missing
from huiyin.privacy import operations as privacy
from huiyin.usecases import own_contact, own_data
from huiyin.web.components import access
from huiyin.web.public.follow import forms, opened

if TYPE_CHECKING:
    from huiyin.cases.models import Case

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@opened.for_its_person
@GET_OR_POST
def contact(request: HttpRequest, case: Case) -> HttpResponse:
    """See and correct how the office can reach you."""
    kept = case.contact
    names = forms.ContactForm.field_order
    form = forms.ContactForm(request.POST or None, initial={name: getattr(kept, name, "") for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            own_contact.change(case.pk, **form.change())
        except Invalid as refused:
            for field, message in refused.fields.items():
                form.add_error(field if field in form.fields else None, str(message))
        else:
            messages.success(request, _("Your contact data are changed."))
            return redirect("public:mine")
    context = {"form": form, "case": case}
    return render(request, "public/follow/contact.html", context, status=422 if form.is_bound else 200)


@opened.for_its_person
@require_safe
def export(_request: HttpRequest, case: Case) -> FileResponse:
    """Everything that is kept about this case, as a ZIP file."""
    name = f"huiyin-{case.number}.zip"
    return FileResponse(
        privacy.export_case(case.pk), content_type="application/zip", as_attachment=True, filename=name
    )


@opened.for_its_person
@GET_OR_POST
def erase(request: HttpRequest, case: Case) -> HttpResponse:
    """Have one's data erased, after asking once more."""
    if request.method == "POST" and request.POST.get("sure") == "yes":
        own_data.erase(case.pk)
        opened.forget(request)
        return render(request, "public/follow/erased.html", {"case": case})
    return render(request, "public/follow/erase.html", {"case": case, "asked": request.method == "POST"})


@access.public(reason="The link in a notice; it stops notices about one case and shows nothing of it.")
@GET_OR_POST
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Take no more notices, after asking once more: programs that look at links must not stop anything."""
    number = notices.case_of_stop_link(token)
    if number is None:
        raise Missing(_("This link is not valid. On your page you can choose how you hear from us."))
    if request.method == "POST":
        own_contact.stop_notices(number)
    return render(request, "public/follow/stop.html", {"is_done": request.method == "POST"})
