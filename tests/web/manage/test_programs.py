"""Keys on the screens of Manage: shown once, and never again."""

import re

from django.urls import reverse

from huiyin.accounts.enums import Scope
from huiyin.accounts.models import Program
from huiyin.accounts.operations import programs

KEY = re.compile(r"hy_[\w-]{40,}")


def test_the_key_is_shown_once(client, city):
    given = {
        "name": "Street app", "scopes": ["file_cases", "read_cases"], "role": "officer", "unit": city.unit.pk,
        "per_minute": "120", "expires_year": "2099", "expires_month": "12", "expires_day": "31",
    }  # fmt: skip
    answer = client.post(reverse("manage:program_new"), given)
    assert answer["Cache-Control"] == "no-store"
    key = KEY.search(answer.content.decode())[0]
    row = Program.objects.get(name="Street app")
    assert programs.admit(key, scope=Scope.READ_CASES).quota.limit == 120
    assert row.expires_at.isoformat() == "2099-12-31T16:00:00+00:00"
    for name, kwargs in (("programs", {}), ("program", {"pk": row.pk}), ("program_edit", {"pk": row.pk})):
        page = client.get(reverse(f"manage:{name}", kwargs=kwargs)).content.decode()
        assert key not in page
        assert "Street app" in page


def test_a_key_is_renewed_and_taken_on_the_screen(client, city):
    address = {"pk": city.program.pk}
    answer = client.post(reverse("manage:program_renew", kwargs=address))
    key = KEY.search(answer.content.decode())[0]
    assert programs.admit(key, scope=Scope.FILE_CASES)
    client.post(reverse("manage:program_revoke", kwargs=address))
    page = client.get(reverse("manage:program", kwargs=address)).content.decode()
    assert "is let in no more" in page


def test_a_program_is_on_no_list_of_users(client, city):
    assert city.program.user.username not in client.get(reverse("manage:users")).content.decode()
    assert client.get(reverse("manage:user", args=[city.program.user_id])).status_code == 404
