"""Who is away and who stands in: for oneself, for people of a unit that one heads, for everybody as administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.accounts import permissions
from huiyin.accounts import queries as accounts
from huiyin.accounts.operations import absences as operations
from huiyin.accounts.queries import absences
from huiyin.kernel import clock
from huiyin.kernel.errors import Conflict, Invalid, Missing
from huiyin.web.components import access
from huiyin.web.components.forms import DateParts
from huiyin.web.desk import choices

if TYPE_CHECKING:
    from huiyin.accounts.models import User

ROWS = 50


class AbsenceForm(forms.Form):
    begins = forms.DateField(label=gettext_lazy("First day"), widget=DateParts)
    ends = forms.DateField(label=gettext_lazy("Last day"), widget=DateParts)
    substitute = forms.ChoiceField(
        label=gettext_lazy("Who stands in"),
        help_text=gettext_lazy(
            "Only people who hold the same roles: standing in gives no rights of its own."
        ),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        away = absences.today()
        self.people = {row.pk: row for row in absences.could_stand_in(person)}
        self.fields["substitute"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose somebody")),
            *((pk, choices.with_absence(row, away)) for pk, row in self.people.items()),
        ]

    def clean_substitute(self) -> User:
        """The person with this id."""
        return self.people[int(self.cleaned_data["substitute"])]


@never_cache
@require_GET
@access.signed_in(reason="One's own absence, and those for whom one stands in; heads see their people.")
def absence_list(request: HttpRequest) -> HttpResponse:
    """Absences that run or are to come."""
    user = accounts.staff_member(request.user)
    colleagues = absences.colleagues(user)
    page = Paginator(absences.shown_to(user), ROWS).get_page(request.GET.get("page"))
    own = {user.pk, *(row.pk for row in colleagues)}
    context = {
        "page_obj": page,
        "today": clock.today(),
        "colleagues": colleagues,
        "may_end": {row.pk for row in page if row.user_id in own or permissions.can_manage(user)},
    }
    return render(request, "desk/absences.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@access.signed_in(
    reason="The verb refuses whoever is neither the person nor their head nor an administrator."
)
def absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when somebody is away and who stands in."""
    user = accounts.staff_member(request.user)
    person = accounts.user(pk)
    if person is None:
        raise Missing
    permissions.check_name_substitute(user, person)
    initial = {"begins": clock.today(), "ends": clock.today()}
    form = AbsenceForm(request.POST if request.method == "POST" else None, initial=initial, person=person)
    if form.is_bound and form.is_valid():
        try:
            operations.name_substitute(person, actor=user, **form.cleaned_data)
        except (Invalid, Conflict) as refused:
            form.add_error(next(iter(refused.fields), None), str(refused.message))
        else:
            messages.success(request, _("Kept. What would reach %(name)s in this time reaches who stands in.") % {
                "name": person.name
            })  # fmt: skip
            return redirect("desk:absences")
    context = {"form": form, "person": person, "is_own": person == user}
    return render(request, "desk/absence.html", context, status=422 if form.errors else 200)


@require_POST
@access.signed_in(
    reason="The verb refuses whoever is neither the person nor their head nor an administrator."
)
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody is back, or does not go."""
    row = absences.absence(pk)
    if row is None:
        raise Missing
    operations.end_absence(row, actor=accounts.staff_member(request.user))
    messages.success(
        request, _("Ended. What reaches %(name)s stays with them again.") % {"name": row.user.name}
    )
    return redirect("desk:absences")
