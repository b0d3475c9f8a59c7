"""What time does: anonymise, then delete; counted in the register, and only what is over."""

import pytest
from django.apps import apps

from huiyin.cases.models import Case, Event
from huiyin.feedback.models import Verdict
from huiyin.files.models import StoredFile
from huiyin.notifications.models import Notice
from huiyin.people.models import Contact, Reveal
from huiyin.privacy import operations
from huiyin.privacy.models import Deletion

pytestmark = pytest.mark.django_db


def test_closed_cases_are_anonymised_after_a_year(whole_case):
    old, young = whole_case(days=366), whole_case(days=364)
    assert operations.anonymise_due() == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert old.text == ""
    assert young.text
    assert Event.objects.get(action="anonymise").party == "system"
    line = Deletion.objects.get()
    assert (line.rule, line.cases) == ("anonymised", 1)
    assert operations.anonymise_due() == 0


def test_open_cases_are_never_touched(whole_case):
    case = whole_case(days=4000, state="in_progress")
    assert operations.anonymise_due() == 0
    assert operations.delete_due() == 0
    case.refresh_from_db()
    assert case.text


def test_many_go_in_batches(whole_case):
    for _turn in range(5):
        whole_case(days=400)
    assert operations.anonymise_due(batch=2) == 5
    assert [line.cases for line in Deletion.objects.order_by("pk")] == [2, 2, 1]
    assert not Case.objects.exclude(text="").exists()


def test_withdrawn_after_one_year_others_after_five(whole_case, media, django_capture_on_commit_callbacks):
    withdrawn = whole_case(days=366, state="withdrawn")
    old = whole_case(days=5 * 365 + 1)
    kept = [whole_case(days=364, state="withdrawn"), whole_case(days=5 * 365 - 1)]
    with django_capture_on_commit_callbacks(execute=True):
        assert operations.delete_due() == 2
    assert list(Case.objects.order_by("pk")) == kept
    assert [(line.rule, line.cases) for line in Deletion.objects.order_by("pk")] == [
        ("withdrawn", 1),
        ("old", 1),
    ]
    assert {row.rows["cases.Case"] for row in Deletion.objects.all()} == {1}
    for model in (Verdict, Contact, Reveal, Notice):
        assert model.objects.count() == 2, model
    assert StoredFile.objects.count() == 4
    assert len([path for path in media.rglob("*.mp4") if path.is_file()]) == 2
    records = apps.get_model("audit.Record").objects.filter(action="case.delete")
    assert {record.subject for record in records} == {f"case:{withdrawn.pk}", f"case:{old.pk}"}


def test_the_leaf_in_the_public_log_stays(whole_case):
    case = whole_case(days=366, state="withdrawn")
    assert operations.delete_due() == 1
    assert apps.get_model("audit.Leaf").objects.filter(leaf_hash=bytes.fromhex(case.leaf_hash)).exists()


def test_an_anonymised_case_is_deleted_later_too(whole_case):
    whole_case(days=5 * 365 + 1)
    assert operations.anonymise_due() == 1
    assert operations.delete_due() == 1
    assert not Case.objects.exists()


def test_a_changed_setting_holds(whole_case, monkeypatch):
    whole_case(days=11)
    whole_case(days=9)
    monkeypatch.setattr("huiyin.organisations.queries.setting", lambda _key: 10)
    assert operations.anonymise_due() == 1


@pytest.mark.django_db(transaction=True)
def test_what_somebody_works_on_is_left_for_the_next_time(whole_case):
    import threading

    from django.db import connections, transaction

    case = whole_case(days=400)
    held, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Case.objects.select_for_update().get(pk=case.pk)
                held.set()
                done.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    assert operations.anonymise_due() == 0
    done.set()
    thread.join(20)
    assert operations.anonymise_due() == 1
