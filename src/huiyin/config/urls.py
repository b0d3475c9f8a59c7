"""All addresses. Each audience brings its own list."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from huiyin.web.components import gallery

urlpatterns: list[URLPattern | URLResolver] = [
    # First: programs call hundreds of times a second.
    re_path(r"^open311/+", include("huiyin.interop.open311.urls")),
    path("api/", include("huiyin.interop.rest.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("huiyin.web.public.urls")),
    path("desk/", include("huiyin.web.desk.urls")),
    path("manage/", include("huiyin.web.manage.urls")),
    path("", include("huiyin.web.public.files_urls")),
    path("log/", include("huiyin.web.public.log_urls")),
]
if settings.DEBUG or settings.HUIYIN_DEMO or settings.HUIYIN_TESTING:
    urlpatterns.append(path("_gallery/", gallery.gallery, name="gallery"))
handler400 = "huiyin.web.components.refusals.bad_request"
handler403 = "huiyin.web.components.refusals.denied"
handler404 = "huiyin.web.components.refusals.missing"
