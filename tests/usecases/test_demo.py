"""The demonstration city is built whole, or says that it is not."""

import pytest
from django.core.management import CommandError, call_command

from huiyin.cases.models import Case, Hold
from huiyin.usecases.demo import build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demonstration(settings, monkeypatch):
    settings.HUIYIN_DEMO = True
    monkeypatch.setattr("huiyin.usecases.management.commands.demo.call_command", lambda *_names: None)


def test_a_city_that_was_broken_off_says_so(demonstration, monkeypatch):
    told = []

    def progress(done):
        told.append(done)
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build.build(cases=8, progress=progress)
    assert told == [1, 2, 3]
    assert Case.objects.exists()
    with pytest.raises(CommandError, match="start again"):
        call_command("demo")


def test_a_whole_city_only_says_how_to_sign_in(demonstration, capsys):
    build.build(cases=60)
    assert Case.objects.count() >= 60
    assert Case.objects.filter(is_confidential=True).exists()
    assert Case.objects.filter(about_unit__isnull=False, unit=None).count() == 2
    assert Hold.objects.filter(ended_at=None).count() == 1
    call_command("demo")
    assert "administrator" in capsys.readouterr().out
    assert Case.objects.count() >= 60
