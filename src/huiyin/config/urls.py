"""All addresses. Each audience brings its own list."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
]
handler400 = "huiyin.web.components.refusals.bad_request"
handler403 = "huiyin.web.components.refusals.denied"
handler404 = "huiyin.web.components.refusals.missing"
