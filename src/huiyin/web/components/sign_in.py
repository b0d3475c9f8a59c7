"""How staff sign in: no self-registration, and a second factor for everybody in a real installation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.accounts import operations, queries
from huiyin.accounts.enums import Permission
from huiyin.kernel.errors import Denied
from huiyin.web.components import refusals

WORKS_ON_CASES = (Permission.SEE_ALL_CASES, Permission.SEE_UNIT_CASES)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth's signature
        """Accounts are created by an administrator."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Turn away a one-time code that is too old, besides what allauth turns away."""
        if queries.code_expired(user):
            messages.error(request, _("This one-time code is too old. Ask your administrator for a new one."))
            return HttpResponseRedirect(reverse("account_login"))
        refused: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return refused

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and note it in the audit trail."""
        super().login(request, user)
        operations.signed_in(user)

    def set_password(self, user: Any, password: str) -> None:
        """A password that the user chose; it uses up a one-time code."""
        operations.choose_password(user, password=password)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the worklist, or to Manage for those who do not work on cases."""
        if any(queries.has_permission(request.user, permission) for permission in WORKS_ON_CASES):
            return reverse("desk:worklist")
        return reverse("manage:home") if queries.manages(request.user) else reverse("mfa_index")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Where signing in leads."""
        return self.get_login_redirect_url(request)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 -- allauth's signature
        """A city's own sign-on may open the account that an administrator created, never a new one."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """On the first time, join the sign-on with the account of the same user name; without one, refuse."""
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data
        username = claims.get("userinfo", claims).get("preferred_username") or ""
        user = queries.by_username(username) if username else None
        if user is None or not user.is_active:
            refusal = Denied(_("You have no account here yet. Ask your administrator to create one."))
            raise ImmediateHttpResponse(refusals.answer(request, refusal))
        sociallogin.connect(request, user)
        operations.sign_on_joined(user)


class Plain:
    """No way to reset a password by oneself, so no link to it; labels make placeholders superfluous."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class SignInForm(Plain, LoginForm):  # type: ignore[misc]  # allauth is untyped
    pass


class PasswordForm(Plain, ChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    pass


class AgainForm(Plain, ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    pass
