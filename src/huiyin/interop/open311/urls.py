"""Addresses of GeoReport v2, below /open311/. Doubled slashes are tolerated: some clients join paths carelessly."""

from django.urls import re_path

from huiyin.interop.open311 import views

ENDPOINT = r"^(?P<kind>test/+)?v2/+"
FORM = r"\.(?P<form>xml|json)/*$"

app_name = "open311"
urlpatterns = [
    re_path(rf"^(?:(?:test/+)?v2/+)?discovery{FORM}", views.discover, name="discovery"),
    re_path(rf"{ENDPOINT}services{FORM}", views.services, name="services"),
    re_path(rf"{ENDPOINT}services/+(?P<code>[^/]+){FORM}", views.service, name="service"),
    re_path(rf"{ENDPOINT}requests{FORM}", views.requests_, name="requests"),
    re_path(rf"{ENDPOINT}requests/+(?P<number>[^/]+){FORM}", views.one_request, name="request"),
    re_path(rf"{ENDPOINT}tokens/+(?P<token>[^/]+){FORM}", views.token, name="token"),
    re_path(rf"{ENDPOINT}servicerequestupdates{FORM}", views.updates, name="updates"),
    re_path(r"^(?P<path>.*?)(?:\.(?P<form>xml|json))?/*$", views.nothing, name="nothing"),
]
