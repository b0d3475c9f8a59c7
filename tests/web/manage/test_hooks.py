"""Web hooks on the screens of Manage: a secret shown once, the log, and sending again."""

import re

from django.urls import reverse

from huiyin.hooks.models import Delivery, Hook
from tests import factories

SECRET = re.compile(r"whsec_[\w+/=]{40,}")


def test_the_secret_is_shown_once(client, city):
    answer = client.post(
        reverse("manage:hook_new"), {"name": "Mirror", "url": "https://1.1.1.1/", "units": ["water"]}
    )
    assert answer["Cache-Control"] == "no-store"
    row = Hook.objects.get(name="Mirror")
    assert SECRET.search(answer.content.decode())[0] == row.secret
    assert row.units == ["water"]
    for name in ("hooks", "hook", "hook_edit", "hook_log"):
        page = client.get(
            reverse(f"manage:{name}", args=[] if name == "hooks" else [row.pk])
        ).content.decode()
        assert row.secret not in page
        assert "Mirror" in page
    page = client.get(reverse("manage:hook", args=[row.pk])).content.decode()
    assert "Water" in page, "units by their names, not their codes"
    new = client.post(reverse("manage:hook_renew", args=[row.pk]))
    assert SECRET.search(new.content.decode())[0] != row.secret


def test_a_private_address_is_refused_with_its_field(client, city):
    answer = client.post(reverse("manage:hook_new"), {"name": "Inside", "url": "https://10.0.0.1/"})
    assert answer.status_code == 422
    assert "private network" in answer.content.decode()
    assert not Hook.objects.filter(name="Inside").exists()


def test_the_log_shows_what_was_told_and_sends_it_again(client, city):
    factories.case(unit=city.unit)
    row = city.hook.deliveries.get()
    Delivery.objects.update(state="sent", attempts=3, error="")
    page = client.get(reverse("manage:hook_log", args=[city.hook.pk])).content.decode()
    assert row.ident in page
    client.post(reverse("manage:delivery", args=[city.hook.pk, row.pk]))
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)
    Delivery.objects.update(state="sent")
    day = {"since_year": "2020", "since_month": "1", "since_day": "1"}
    client.post(reverse("manage:hook_replay", args=[city.hook.pk]), day)
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_hook_that_was_stopped_is_among_what_needs_attention(client, city):
    Hook.objects.update(state="stopped")
    assert "Open data mirror" in client.get(reverse("manage:home")).content.decode()
    client.post(reverse("manage:hook_on", args=[city.hook.pk]))
    city.hook.refresh_from_db()
    assert city.hook.state == "on"
    client.post(reverse("manage:hook_off", args=[city.hook.pk]))
    city.hook.refresh_from_db()
    assert city.hook.state == "off"


def test_the_log_costs_the_same_whatever_it_holds(constant_queries, city):
    from huiyin.hooks.operations import telling

    constant_queries(
        "manage:hook_log",
        kwargs={"pk": city.hook.pk},
        user=city.administrator,
        add=lambda: telling.ping(city.hook, actor="system"),
    )
