"""Addresses of those who hold consultations; names belong to the desk."""

from django.urls import path

from huiyin.web.desk.consulting import (
    answers,
    codes,
    files,
    lists,
    page,
    papers,
    promises,
    results,
    statements,
    steps,
)

urlpatterns = [
    path("", lists.consultation_list, name="consultations"),
    path("new/", lists.new, name="consultation_new"),
    path("import/", files.bring_in, name="consultation_import"),
    path("<int:pk>/", page.page, name="consultation"),
    path("<int:pk>/edit/", lists.edit, name="consultation_edit"),
    path("<int:pk>/preview/", page.preview, name="consultation_preview"),
    path("<int:pk>/do/<slug:action>/", steps.step, name="consultation_step"),
    path("<int:pk>/statements/", statements.queue, name="statements"),
    path("<int:pk>/statements/new/", statements.add, name="statements_new"),
    path("<int:pk>/statements/<int:statement>/", statements.decide, name="statement"),
    path("<int:pk>/codes/", codes.batches, name="codes"),
    path("<int:pk>/codes/<int:batch>/revoke/", codes.revoke, name="codes_revoke"),
    path("<int:pk>/papers/", papers.enter, name="papers"),
    path("<int:pk>/results/", results.results, name="results"),
    path("<int:pk>/answers/", answers.answers, name="answers"),
    path("<int:pk>/answers/whole/", answers.conclude, name="answers_whole"),
    path("<int:pk>/promises/", promises.listed, name="promises"),
    path("<int:pk>/promises/<int:answer>/", promises.promise, name="promise"),
    path("<int:pk>/promises/<int:answer>/settle/", promises.settle, name="promise_settle"),
    path("<int:pk>/export/", files.take_out, name="consultation_export"),
]
