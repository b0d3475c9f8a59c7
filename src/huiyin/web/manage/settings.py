"""Settings with their defaults."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.accounts.enums import Permission
from huiyin.kernel.errors import Missing
from huiyin.organisations import operations, queries
from huiyin.organisations.enums import SettingKey
from huiyin.web.components import access, limits
from huiyin.web.manage import pages


class SettingForm(forms.Form):
    value = forms.CharField(label=gettext_lazy("Value"), max_length=30)

    def __init__(self, *args: Any, key: SettingKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bounds = queries.setting_bounds(key)
        default = queries.default_setting(key)
        words = {
            "default": default,
            "least": bounds.least if bounds else "",
            "most": bounds.most if bounds else "",
        }
        self.fields["value"].help_text = (
            _("A whole number from %(least)s to %(most)s. Default: %(default)s.") % words
            if bounds
            else _("Such as 30min clock, 24h working or 7d working. Default: %(default)s.") % words
        )


def crumb() -> pages.Crumb:
    """The list of settings."""
    return pages.Crumb(_("Settings"), reverse("manage:settings"))


@access.requires(Permission.MANAGE_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    """All settings; the changed ones say so."""
    changed = queries.changed_settings()
    what = pages.Listing(
        title=_("Settings"),
        intro=_(
            "Every number has a default. A change holds for what happens from now on; promises already made stay."
        ),
        headers=[_("Setting"), _("Value"), _("Default"), ""],
        rows=[_row(key, changed) for key in SettingKey],
        empty="",
    )
    return pages.listing(request, what)


def _row(key: SettingKey, changed: dict[SettingKey, Any]) -> list[pages.Cell]:
    default = limits.words(queries.default_setting(key))
    return [
        pages.Cell(key.label, reverse("manage:setting", args=[key.value])),
        pages.Cell(limits.words(changed.get(key, queries.default_setting(key)))),
        pages.Cell(default),
        pages.Cell(_("changed"), tag="brand") if key in changed else pages.Cell(""),
    ]


@access.requires(Permission.MANAGE_SETTINGS)
def setting(request: HttpRequest, key: str) -> HttpResponse:
    """Change a setting."""
    own = _key(key)
    is_changed = own in queries.changed_settings()
    back = pages.Crumb(_("Go back to the default"), reverse("manage:setting_reset", args=[key]))
    ask = pages.Asking(
        title=str(own.label),
        intro=_("Holds for what happens from now on; promises already made stay."),
        button=_("Save"),
        back=reverse("manage:settings"),
        said=_("The setting was changed."),
        crumbs=[crumb()],
        extra={"also": back if is_changed else None},
    )
    return pages.form(
        request,
        SettingForm(pages.posted(request), key=own, initial={"value": queries.setting(own)}),
        ask,
        lambda values: operations.change_setting(own, value=values["value"], actor=pages.actor(request)),
    )


@access.requires(Permission.MANAGE_SETTINGS)
def reset(request: HttpRequest, key: str) -> HttpResponse:
    """Go back to the default."""
    own = _key(key)
    ask = pages.Asking(
        title=_("Go back to the default of “%(setting)s”?") % {"setting": own.label},
        intro=_("default: %(value)s") % {"value": limits.words(queries.default_setting(own))},
        button=_("Go back to the default"),
        back=reverse("manage:setting", args=[key]),
        done=reverse("manage:settings"),
        said=_("The default holds again."),
        crumbs=[crumb()],
    )
    return pages.confirm(request, ask, lambda: operations.reset_setting(own, actor=pages.actor(request)))


def _key(text: str) -> SettingKey:
    if text not in SettingKey.values:
        raise Missing
    return SettingKey(text)
