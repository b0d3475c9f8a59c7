"""Addresses for the people who work on cases."""

from django.urls import URLPattern, URLResolver, path

from huiyin.web.desk import (
    boards,
    call,
    callbacks,
    case,
    exclusions,
    family,
    letters,
    publishing,
    quality,
    worklist,
)

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", worklist.worklist_list, name="worklist"),
    path("call/", call.call, name="intake"),
    path("call/slip/", call.slip, name="slip"),
    path("callbacks/", callbacks.callback_list, name="callback_list"),
    path("callbacks/ended/", callbacks.ended_list, name="callbacks_ended_list"),
    path("callbacks/<str:number>/", callbacks.callback, name="callback"),
    path("callbacks/<str:number>/number/", callbacks.take, name="callback_take"),
    path("exclusions/", exclusions.exclusion_list, name="exclusion_list"),
    path("exclusions/<int:pk>/", exclusions.decide, name="exclusion"),
    path("cases/<str:number>/exclude/", exclusions.ask, name="exclude"),
    path("quality/", quality.sample_list, name="sample_list"),
    path("quality/found/", quality.found, name="quality_found"),
    path("quality/<int:pk>/", quality.review, name="sample"),
    path("search/", worklist.search, name="search"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/do/<slug:action>/", case.act, name="act"),
    path("cases/<str:number>/unmerge/", family.unmerge, name="unmerge"),
    path("cases/<str:number>/unlink/", family.unlink, name="unlink"),
    path("cases/<str:number>/letter/", letters.letter, name="letter"),
    path("cases/<str:number>/publish/", publishing.publish, name="publish"),
    path("cases/<str:number>/contact/", case.reveal, name="reveal"),
    path("cases/<str:number>/point.json", case.point, name="point"),
    path("dispatch/", boards.dispatch, name="dispatch"),
    path("dispatch/<str:number>/send/", boards.send, name="dispatch_send"),
    path("dispatch/returns/", boards.return_counts, name="return_counts"),
    path("arbitration/", boards.arbitration, name="arbitration"),
    path("precedents/", boards.precedents, name="precedents"),
    path("precedents/<int:pk>/revoke/", boards.revoke, name="revoke_precedent"),
    path("chosen/", worklist.bulk, name="bulk"),
    path("filters/", worklist.keep, name="keep_filter"),
    path("filters/<int:pk>/delete/", worklist.forget, name="forget_filter"),
]
