"""What is done with a web hook: another secret, off and on, trying it out, sending again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.accounts.enums import Permission
from huiyin.hooks import queries
from huiyin.hooks.operations import setting_up, telling
from huiyin.web.components import access
from huiyin.web.manage import hooks, pages


@access.requires(Permission.MANAGE_SETTINGS)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a hook another secret and show it, once."""
    row = pages.found(queries.hook(pk))
    ask = pages.Asking(
        title=_("Give %(system)s a new secret?") % {"system": row.name},
        intro=_(
            "Messages are signed with it at once; until the receiver knows it, it takes none, and they wait."
        ),
        button=_("Make a new secret"),
        back=reverse("manage:hook", args=[pk]),
        crumbs=hooks.crumbs(row),
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: hooks.show_new_secret(request, row))


@access.requires(Permission.MANAGE_SETTINGS)
def switch_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell a system nothing more."""
    row = pages.found(queries.hook(pk))
    ask = pages.Asking(
        title=_("Tell %(system)s nothing more?") % {"system": row.name},
        intro=_(
            "What happens from now on is not written down for it. What waits is sent when it is switched on again."
        ),
        button=_("Switch off"),
        back=reverse("manage:hook", args=[pk]),
        said=_("The web hook was switched off."),
        crumbs=hooks.crumbs(row),
        is_serious=True,
    )
    return pages.confirm(request, ask, lambda: setting_up.switch_off(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_SETTINGS)
def switch_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on telling a system."""
    row = pages.found(queries.hook(pk))
    ask = pages.Asking(
        title=_("Go on telling %(system)s?") % {"system": row.name},
        intro=_("What waits is tried at once, each case in its order."),
        button=_("Switch on"),
        back=reverse("manage:hook", args=[pk]),
        said=_("The web hook is on."),
        crumbs=hooks.crumbs(row),
    )
    return pages.confirm(request, ask, lambda: setting_up.switch_on(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_SETTINGS)
def ping(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message that says nothing."""
    row = pages.found(queries.hook(pk))
    ask = pages.Asking(
        title=_("Try %(system)s out?") % {"system": row.name},
        intro=_("It gets a signed message “ping” within some seconds; the log says what it answered."),
        button=_("Send it"),
        back=reverse("manage:hook", args=[pk]),
        done=reverse("manage:hook_log", args=[pk]),
        said=_("The message waits to be sent."),
        crumbs=hooks.crumbs(row),
    )
    return pages.confirm(request, ask, lambda: telling.ping(row, actor=pages.actor(request)))


@access.requires(Permission.MANAGE_SETTINGS)
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again what was delivered since a day."""
    row = pages.found(queries.hook(pk))
    ask = pages.Asking(
        title=_("Send again to %(system)s") % {"system": row.name},
        intro=_("For a system that lost something."),
        button=_("Send again"),
        back=reverse("manage:hook", args=[pk]),
        crumbs=hooks.crumbs(row),
        done=reverse("manage:hook_log", args=[pk]),
        said=_("The messages wait to be sent."),
    )

    def act(values: dict[str, Any]) -> None:
        telling.replay(row, since=hooks.since(values["since"]), actor=pages.actor(request))

    return pages.form(request, hooks.ReplayForm(pages.posted(request)), ask, act)


@access.requires(Permission.MANAGE_SETTINGS)
def delivery(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """One message: what was said, and sending it again."""
    row = pages.found(queries.hook(pk))
    found = pages.found(queries.delivery(row, message))
    tried = ngettext("It was tried %(count)d time.", "It was tried %(count)d times.", found.attempts)
    ask = pages.Asking(
        title=_("Send message %(ident)s again?") % {"ident": found.ident},
        intro=tried % {"count": found.attempts},
        button=_("Send again"),
        back=reverse("manage:hook_log", args=[pk]),
        said=_("The message waits to be sent."),
        crumbs=hooks.crumbs(row),
    )
    return pages.confirm(request, ask, lambda: telling.replay_one(found, actor=pages.actor(request)))
