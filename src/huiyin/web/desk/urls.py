"""Addresses for the people who work on cases."""

from django.urls import URLPattern, URLResolver, path

from huiyin.web.desk import case, worklist

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", worklist.worklist_list, name="worklist"),
    path("search/", worklist.search, name="search"),
    path("cases/<str:number>/", case.case, name="case"),
    path("chosen/", worklist.bulk, name="bulk"),
    path("filters/", worklist.keep, name="keep_filter"),
    path("filters/<int:pk>/delete/", worklist.forget, name="forget_filter"),
]
