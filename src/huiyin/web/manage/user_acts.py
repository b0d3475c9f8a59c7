"""What is asked before it is done to a user: taking roles, stopping sign-in, new codes."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.accounts import operations, queries
from huiyin.accounts.enums import Permission, Role
from huiyin.web.components import access
from huiyin.web.manage import pages, users


@access.requires(Permission.MANAGE_USERS)
def take_role(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Take a role away."""
    row = pages.found(queries.user(pk))
    held = pages.found(next((one for one in row.memberships.all() if one.pk == member), None))
    words = {"user": row, "role": users.role_words(held, users.unit_names())}
    ask = pages.Asking(
        title=_("Take the role %(role)s from %(user)s?") % words,
        intro=_("It stops with the next page that the user opens. Cases given to the user stay theirs."),
        button=_("Take the role"),
        back=reverse("manage:user", args=[pk]),
        said=_("The role was taken."),
        crumbs=[users.crumb()],
        is_serious=True,
    )
    return pages.confirm(
        request,
        ask,
        lambda: operations.take_role(
            row, role=Role(held.role), unit_id=held.unit_id, actor=pages.actor(request)
        ),
    )


@access.requires(Permission.MANAGE_USERS)
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a user from signing in."""
    row = pages.found(queries.user(pk))
    ask = pages.Asking(
        title=_("Stop %(user)s from signing in?") % {"user": row},
        intro=_(
            "Open sessions end at once. What the user did stays under their name; give their cases to others."
        ),
        button=_("Stop sign-in"),
        back=reverse("manage:user", args=[pk]),
        said=_("The user may not sign in any more."),
        crumbs=[users.crumb()],
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: operations.deactivate(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_USERS)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a user sign in again."""
    row = pages.found(queries.user(pk))
    ask = pages.Asking(
        title=_("Let %(user)s sign in again?") % {"user": row},
        intro=_("With the password, second factor and roles that the user had."),
        button=_("Allow sign-in"),
        back=reverse("manage:user", args=[pk]),
        said=_("The user may sign in again."),
        crumbs=[users.crumb()],
    )
    return pages.confirm(request, ask, lambda: operations.activate(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_USERS)
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the password by a one-time code and show it, once."""
    row = pages.found(queries.user(pk))
    ask = pages.Asking(
        title=_("Give %(user)s a one-time code?") % {"user": row},
        intro=_(
            "The password stops working at once and open sessions end. Make sure who is asking you for this."
        ),
        button=_("Make the code"),
        back=reverse("manage:user", args=[pk]),
        crumbs=[users.crumb()],
        is_serious=True,
    )
    return pages.confirm(
        request,
        ask,
        lambda: users.show_code(request, row, operations.reset_password(row, actor=pages.actor(request))),
    )


@access.requires(Permission.MANAGE_USERS)
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factors of a user who lost theirs."""
    row = pages.found(queries.user(pk))
    ask = pages.Asking(
        title=_("Remove the second factor of %(user)s?") % {"user": row},
        intro=_(
            "For a lost telephone or key. The next sign-in asks for a new one. Make sure who is asking you."
        ),
        button=_("Remove the second factor"),
        back=reverse("manage:user", args=[pk]),
        said=_("The second factor was removed."),
        crumbs=[users.crumb()],
        is_serious=True,
    )
    return pages.confirm(
        request, ask, lambda: operations.reset_second_factor(row, actor=pages.actor(request))
    )
