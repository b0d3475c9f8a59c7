"""Whether the cases of a unit find their officer by themselves."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.cases import permissions
from huiyin.cases.enums import Method
from huiyin.cases.operations import distributing as operations
from huiyin.cases.queries import distributing
from huiyin.kernel.errors import Missing
from huiyin.organisations import queries as organisations
from huiyin.web.components import access

OFF = "off"


class DistributionForm(forms.Form):
    method = forms.ChoiceField(
        label=gettext_lazy("Who gets a new case of this unit"),
        choices=[(OFF, gettext_lazy("The head or an officer decides each time")), *Method.choices],
        widget=forms.RadioSelect,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@access.requires(Permission.ASSIGN_UNIT, Permission.MANAGE_ORGANISATION)
def distribution(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off for a unit."""
    user, unit = accounts.staff_member(request.user), organisations.unit(pk)
    if unit is None:
        raise Missing
    permissions.check_distribute(user, pk)
    initial = {"method": distributing.methods().get(pk, OFF)}
    form = DistributionForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        if form.cleaned_data["method"] != OFF:
            operations.switch_on(unit, method=Method(form.cleaned_data["method"]), actor=user)
            messages.success(
                request, _("Kept. What waits without an officer is given out within some minutes.")
            )
        else:
            operations.switch_off(unit, actor=user)
            messages.success(request, _("Kept. From now on the head or an officer decides."))
        heads = accounts.has_permission_in(user, Permission.ASSIGN_UNIT, pk)
        return redirect("desk:workload") if heads else redirect("manage:unit", pk)
    context = {"form": form, "unit": unit}
    return render(request, "desk/distribution.html", context, status=422 if form.errors else 200)
