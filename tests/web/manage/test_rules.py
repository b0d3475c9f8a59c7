"""Rules, figures and thresholds in Manage."""

import pytest
from django.urls import reverse

from huiyin.triage.enums import Mode
from huiyin.triage.models import Rule, Threshold
from huiyin.triage.operations import ruling
from tests import factories


@pytest.fixture
def service(city):
    return factories.service(unit=factories.unit(), code="dogs")


def sent(service, **more):
    return {
        "name": "Dogs", "words": "野狗\n流浪狗", "then_service": service.pk, "sample_percent": 10,
        "most_disagreement": 10, "hour_from": 22, "hour_until": 6, "weekdays": ["5", "6"],
    } | more  # fmt: skip


def test_a_rule_is_written_read_as_a_sentence_tried_switched_changed_and_deleted(service, client):
    response = client.post(reverse("manage:rule_new"), sent(service))
    rule = Rule.objects.get(name="Dogs")
    assert response["Location"] == reverse("manage:rule_try", args=[rule.pk])
    assert "no case" in client.get(response["Location"]).text
    page = client.get(reverse("manage:rules")).text
    assert "the text says “野狗”, “流浪狗”, on Sat, Sun, between 22 and 6 o&#x27;clock" in page
    client.post(reverse("manage:rule_act", args=[rule.pk]), {"do": "automatic"})
    rule.refresh_from_db()
    assert rule.mode == Mode.AUTOMATIC
    assert client.post(reverse("manage:rule_act", args=[rule.pk]), {"do": "x"}).status_code == 422
    assert "22" in client.get(reverse("manage:rule", args=[rule.pk])).text
    client.post(reverse("manage:rule", args=[rule.pk]), sent(service, name="Stray dogs"))
    rule.refresh_from_db()
    assert (rule.name, rule.mode) == ("Stray dogs", Mode.PROPOSES)
    assert (
        client.post(
            reverse("manage:rule_new"), sent(service, words="", weekdays=[], hour_from="", hour_until="")
        ).status_code
        == 422
    )
    client.post(reverse("manage:rule_remove", args=[rule.pk]))
    assert not Rule.objects.filter(pk=rule.pk).exists()
    assert client.get(reverse("manage:rule", args=[rule.pk])).status_code == 404


def test_a_dry_run_is_shown_with_what_officers_did(service, client):
    rule = ruling.create_rule(
        ruling.Draft(name="Dogs", words=("野狗",), then_service=service), actor="system"
    )
    factories.case(version=service.current, text="有野狗")
    factories.case(version=None, text="有野狗")
    page = client.get(reverse("manage:rule_try", args=[rule.pk]) + "?months=12").text
    assert "it would have held for 2 cases" in page
    assert "officers decided otherwise in 1 (50 %)" in page


def test_a_threshold_is_set_and_shown(service, client):
    address = reverse("manage:threshold", args=["dogs"])
    assert (
        client.post(
            address, {"percent": 40, "mode": "automatic", "sample_percent": 5, "most_disagreement": 5}
        ).status_code
        == 422
    )
    client.post(address, {"percent": 95, "mode": "automatic", "sample_percent": 5, "most_disagreement": 5})
    assert Threshold.objects.get().percent == 95
    assert "from 95 %" in client.get(reverse("manage:filing")).text


def test_the_list_of_rules_needs_the_same_queries_for_one_and_three(service, city, constant_queries):
    def add():
        ruling.create_rule(ruling.Draft(name="x", words=("x",), then_service=service), actor="system")

    constant_queries("manage:rules", add=add, user=city.administrator)


def test_the_figures_need_the_same_queries_for_one_service_and_three(city, constant_queries):
    constant_queries(
        "manage:filing", add=lambda: factories.service(unit=factories.unit()), user=city.administrator
    )
