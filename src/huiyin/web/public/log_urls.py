"""Addresses of the public log, below `/log/`."""

from django.urls import path

from huiyin.web.public import log

app_name = "log"
urlpatterns = [
    path("", log.page, name="page"),
    path("heads.json", log.heads, name="heads"),
    path("consistency.json", log.consistency, name="consistency"),
    path("inclusion.json", log.inclusion, name="inclusion"),
    path("key.json", log.key, name="key"),
    path("checkpoint", log.checkpoint, name="checkpoint"),
]
