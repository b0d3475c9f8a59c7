"""Addresses for the people who raise cases."""

from django.urls import URLPattern, URLResolver, path

from huiyin.web.components import maps
from huiyin.web.public import about, cases, figures, home, open_data, told
from huiyin.web.public.consult import overview, results, voting
from huiyin.web.public.follow import by_code, own_data
from huiyin.web.public.follow import views as follow
from huiyin.web.public.report import sending, views

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("outlines.json", maps.outlines, name="outlines"),
    path("tell/", views.matter, name="report"),
    path("tell/matter/", views.matter, name="report_matter"),
    path("tell/service/", views.service, name="report_service"),
    path("tell/service/all/", views.all_services, name="report_services"),
    path("tell/emergency/", views.emergency, name="report_emergency"),
    path("tell/questions/", views.questions, name="report_questions"),
    path("tell/place/", views.place, name="report_place"),
    path("tell/files/", views.attachments, name="report_files"),
    path("tell/contact/", views.contact, name="report_contact"),
    path("tell/check/", sending.check, name="report_check"),
    path("tell/send/", sending.send, name="report_send"),
    path("tell/sent/", sending.sent, name="report_sent"),
    path("tell/sent/receipt.json", sending.receipt, name="report_receipt"),
    path("tell/sent/noted/", sending.put_away, name="report_put_away"),
    path("tell/suggest.json", views.suggest, name="report_suggest"),
    path("tell/restart/", views.restart, name="report_restart"),
    path("cases/", cases.case_list, name="cases"),
    path("cases/points.json", cases.points, name="case_points"),
    path("cases/feed.atom", cases.feed, name="case_feed"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/support/", cases.support, name="case_support"),
    path("consultations/", overview.consultations, name="consultations"),
    path("consultations/<slug:code>/", overview.consultation, name="consultation"),
    path("consultations/<slug:code>/enter/", voting.enter, name="consultation_enter"),
    path("consultations/<slug:code>/vote/", voting.vote, name="consultation_vote"),
    path("consultations/<slug:code>/write/", voting.write, name="consultation_write"),
    path("consultations/<slug:code>/mine/", voting.mine, name="consultation_mine"),
    path("consultations/<slug:code>/leave/", voting.leave, name="consultation_leave"),
    path("consultations/<slug:code>/map/", results.opinion_map, name="consultation_map"),
    path("consultations/<slug:code>/map.svg", results.svg, name="consultation_svg"),
    path("consultations/<slug:code>/statements/", results.statement_list, name="consultation_statements"),
    path("consultations/<slug:code>/told/", overview.told, name="consultation_told"),
    path("open-data/", open_data.page, name="open_data"),
    path("open-data/latest/<str:name>", open_data.latest, name="open_data_latest"),
    path("open-data/<str:day>/<str:name>", open_data.file, name="open_data_file"),
    path("figures/", figures.figures, name="figures"),
    path("figures/figures.csv", figures.table, name="figures_table"),
    path("privacy/", about.privacy, name="privacy"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("told/<int:pk>/<str:token>/", told.stop, name="stop_telling"),
    path("follow/", follow.track, name="track"),
    path("follow/link/<str:token>/", follow.link, name="follow_link"),
    path("follow/case/", follow.mine, name="mine"),
    path("follow/write/", follow.write, name="write"),
    path("follow/withdraw/", follow.withdraw, name="withdraw"),
    path("v/<str:number>-<str:code>/", by_code.verdict, name="verdict_by_code"),
    path("follow/stop/<str:token>/", own_data.stop, name="stop_notices"),
    path("follow/verdict/", follow.verdict, name="verdict"),
    path("follow/reopen/", follow.reopen, name="reopen"),
    path("follow/receipt.json", follow.receipt, name="receipt"),
    path("follow/contact/", own_data.contact, name="contact"),
    path("follow/data.zip", own_data.export, name="export"),
    path("follow/erase/", own_data.erase, name="erase"),
    path("follow/leave/", follow.leave, name="leave"),
    path("follow/part/", follow.part, name="part"),
]
