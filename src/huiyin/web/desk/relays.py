"""A case in another system: sending it there again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.cases.queries import opening
from huiyin.relays.operations import sending
from huiyin.web.components import access


@require_POST
@access.requires(Permission.WORK_UNIT, Permission.DISPATCH)
def again(request: HttpRequest, number: str) -> HttpResponse:
    """Put a case in line again that could not be sent."""
    row = opening.for_staff(number, user=request.user)
    sending.send_again(row, user=accounts.staff_member(request.user))
    messages.success(request, _("It is sent again within a minute."))
    return redirect("desk:case", row.number)
