"""What serve does before it serves."""

from django.core.management import call_command
from django.db import connection

from huiyin.web.management.commands.prepare import collect_static


def test_it_can_be_run_again_and_makes_the_cache_table(transactional_db):
    call_command("prepare")
    call_command("prepare")
    assert "huiyin_cache" in connection.introspection.table_names()


def test_static_files_are_collected_only_when_a_source_changed(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    assert collect_static(tmp_path / "static")
    assert (tmp_path / "static" / "huiyin" / "mark.svg").is_file()
    assert not collect_static(tmp_path / "static")
