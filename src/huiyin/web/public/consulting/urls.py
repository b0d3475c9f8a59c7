"""Addresses of consultations for everybody; names belong to the public side."""

from django.urls import path

from huiyin.web.public.consulting import lists, pictures, taking, writing

urlpatterns = [
    path("", lists.consultation_list, name="consultations"),
    path("<slug:code>/", lists.consultation, name="consultation"),
    path("<slug:code>/enter/", taking.enter, name="consultation_enter"),
    path("<slug:code>/vote/", taking.vote, name="consultation_vote"),
    path("<slug:code>/undo/", taking.undo, name="consultation_undo"),
    path("<slug:code>/mine/", taking.mine, name="consultation_mine"),
    path("<slug:code>/write/", writing.write, name="consultation_write"),
    path("<slug:code>/told/", writing.follow, name="consultation_follow"),
    path("<slug:code>/map/", pictures.opinion_map, name="consultation_map"),
    path("<slug:code>/map.svg", pictures.drawing, name="consultation_drawing"),
]
