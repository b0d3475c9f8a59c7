"""Who may open a screen. Every view says so by one of three decorators; `middleware.Access` refuses a view without one.

    @access.public(reason="Anybody may raise a case.")
    @access.signed_in(reason="Own profile.")
    @access.requires(Permission.FILE_CASE)

The decorators only mark: the middleware decides, so that there is one place to read. Rules about *one* case (which
unit, which state) are not said here but checked by the verb that the view calls.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import ResolverMatch

from huiyin.accounts import enums, queries
from huiyin.kernel.access import ATTRIBUTE, Rule, View, marked, public

__all__ = ["ATTRIBUTE", "Rule", "View", "allows", "public", "requires", "signed_in"]


def allows(rule: Rule, user: Any) -> bool:
    """Whether `user` holds what a rule asks for, sign-in aside."""
    return not rule.permissions or any(queries.has_permission(user, p) for p in rule.permissions)


def signed_in(*, reason: str) -> Callable[[View], View]:
    """Open to every member of staff."""
    return marked(Rule(reason=reason))


def requires(*permissions: enums.Permission) -> Callable[[View], View]:
    """Open to members of staff who hold at least one of `permissions`, in whatever unit."""
    if not permissions:
        raise TypeError(
            "requires() needs a permission; for everybody who is signed in say signed_in(reason=…)."
        )
    return marked(Rule(permissions=permissions))


_SIGN_IN = Rule(reason="Signing in, or a step of it.", needs_sign_in=False)
_OWN_ACCOUNT = Rule(reason="One's own password, second factor and passkeys.")
# django-allauth's screens. One that is not named here (open sign-up, changing the address …) cannot be opened.
THIRD_PARTY = {
    "account_login": _SIGN_IN,
    "account_logout": _SIGN_IN,
    "account_inactive": _SIGN_IN,
    "mfa_authenticate": _SIGN_IN,
    "mfa_login_webauthn": _SIGN_IN,
    "openid_connect_login": _SIGN_IN,
    "openid_connect_callback": _SIGN_IN,
    "socialaccount_login_cancelled": _SIGN_IN,
    "socialaccount_login_error": _SIGN_IN,
    "account_reauthenticate": _OWN_ACCOUNT,
    "account_change_password": _OWN_ACCOUNT,
    "mfa_index": _OWN_ACCOUNT,
    "mfa_reauthenticate": _OWN_ACCOUNT,
    "mfa_reauthenticate_webauthn": _OWN_ACCOUNT,
    "mfa_activate_totp": _OWN_ACCOUNT,
    "mfa_deactivate_totp": _OWN_ACCOUNT,
    "mfa_view_recovery_codes": _OWN_ACCOUNT,
    "mfa_generate_recovery_codes": _OWN_ACCOUNT,
    "mfa_download_recovery_codes": _OWN_ACCOUNT,
    "mfa_list_webauthn": _OWN_ACCOUNT,
    "mfa_add_webauthn": _OWN_ACCOUNT,
    "mfa_edit_webauthn": _OWN_ACCOUNT,
    "mfa_remove_webauthn": _OWN_ACCOUNT,
}


def rule_of(view: View, name: str | None) -> Rule | None:
    """The rule of a view, by its mark or, for screens of others, by the name of its address; None if it has none."""
    marked: Rule | None = getattr(view, ATTRIBUTE, None)
    return marked or THIRD_PARTY.get(name or "")


def sets_up_second_factor(match: ResolverMatch | None) -> bool:
    """Whether a screen is one of those that a member of staff without a second factor needs to get one."""
    return match is not None and THIRD_PARTY.get(match.view_name) in {_SIGN_IN, _OWN_ACCOUNT}


# The only screens for somebody who signed in with a one-time code.
CHOOSING_A_PASSWORD = ("account_change_password", "account_logout")


def must_choose_password(request: HttpRequest, match: ResolverMatch | None) -> bool:
    """Whether the user signed in with a one-time code and is anywhere but where a password is chosen."""
    return queries.has_code(request.user) and (match is None or match.view_name not in CHOOSING_A_PASSWORD)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the signed-in user still has to set up a second factor; asked once per session.

    Whoever signs in through the city's own OpenID Connect brought the factor from there.
    """
    from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415 -- models; this module is read before apps are

    methods = request.session.get("account_authentication_methods", [])
    if any(method.get("method") == "socialaccount" for method in methods):
        return False
    if not request.session.get("has_second_factor"):
        request.session["has_second_factor"] = is_mfa_enabled(request.user)
    return not request.session["has_second_factor"]
