"""After erasing, nothing that anybody said or gave is anywhere; what proves and counts is still there."""

import pytest
from django.apps import apps
from django.db import connection

from huiyin.cases.models import Case, Event, Publication, Reply, Support
from huiyin.feedback.models import Verdict
from huiyin.files.models import StoredFile
from huiyin.kernel import vault
from huiyin.kernel.errors import Conflict, Missing
from huiyin.notifications.models import Notice
from huiyin.people.models import Contact, Reveal
from huiyin.privacy import operations, queries
from huiyin.privacy.models import Deletion
from tests.privacy.conftest import SAID

pytestmark = pytest.mark.django_db


def everything_stored() -> str:
    """All rows of all tables as text, cipher text opened."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, vault.EncryptedTextField):
                found += [str(value) for value in model._default_manager.values_list(field.name, flat=True)]
    return "\n".join(found)


def erase(case, capture, actor="person"):
    with capture(execute=True):
        operations.erase_case(case.pk, actor=actor)
    case.refresh_from_db()


def test_nothing_that_was_said_is_left(whole_case, media, django_capture_on_commit_callbacks):
    case = whole_case()
    before = everything_stored()
    assert [said for said in SAID if said not in before] == [], "the test does look everywhere"
    salt = case.receipt_salt
    erase(case, django_capture_on_commit_callbacks)
    after = everything_stored()
    assert [said for said in [*SAID, salt] if said in after] == []
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert (case.lat, case.lon, case.contact, case.words) == (None, None, None, None)
    for gone in (Contact, Notice, StoredFile):
        assert not gone.objects.exists()


def test_what_proves_and_counts_stays(whole_case, django_capture_on_commit_callbacks):
    case = whole_case()
    facts = ("number", "state", "outcome", "received_at", "closed_at", "service_id", "unit_id", "leaf_hash")
    before = [getattr(case, name) for name in facts]
    erase(case, django_capture_on_commit_callbacks)
    assert [getattr(case, name) for name in facts] == before
    assert case.anonymised_at is not None
    verdict = Verdict.objects.get()
    assert (verdict.solved, verdict.satisfaction, verdict.text) == ("yes", 5, "")
    assert Reply.objects.get().verdict == verdict
    assert Publication.objects.get().text == "A lamp is broken."
    assert Support.objects.count() == 1, "other people's support stays"
    assert Reveal.objects.get().purpose == "电话回访"
    assert [e.data for e in Event.objects.filter(case=case, action="answer")] == [{"outcome": "solved"}]


def test_the_reason_of_a_colleague_goes_and_the_facts_beside_it_stay(
    whole_case, django_capture_on_commit_callbacks
):
    case = whole_case()
    assert Event.objects.filter(case=case, data__has_key="reason").exists()
    erase(case, django_capture_on_commit_callbacks)
    assert not Event.objects.filter(case=case, data__has_key="reason").exists()
    assert Event.objects.filter(case=case, action="assign", data__has_key="unit").exists()


def test_it_leaves_its_own_traces(whole_case, django_capture_on_commit_callbacks):
    case = whole_case()
    erase(case, django_capture_on_commit_callbacks)
    event = Event.objects.get(case=case, action="anonymise")
    assert (event.party, event.to_state) == ("person", "closed")
    line = Deletion.objects.get()
    assert (line.rule, line.cases) == ("asked", 1)
    assert line.rows == {
        "cases.Case": 1, "cases.Event": Event.objects.count() - 1, "cases.Note": 1, "cases.Reply": 1, "cases.Message": 1,
        "cases.CaseFile": 2, "cases.Publication": 1, "feedback.Verdict": 1, "people.Contact": 1,
        "aftercare.Sample": 1, "feedback.Exclusion": 1,
        "relays.Relay": 1, "triage.Proposal": 1, "notifications.Notice": 1, "files.StoredFile": 2,
            "cases.Extension": 1, "cases.Declaration": 1, "cases.Task": 1, "cases.Summons": 1, "cases.Return": 1, "cases.Hold": 1,
    }  # fmt: skip
    assert case.number not in str(line.rows)
    record = apps.get_model("audit.Record").objects.get(action="case.anonymise")
    assert (record.actor, record.subject) == ("person", f"case:{case.pk}")


def test_another_case_is_untouched(whole_case, django_capture_on_commit_callbacks):
    other, case = whole_case(), whole_case()
    shared = other.files.first().file
    case.files.create(file=shared)
    erase(case, django_capture_on_commit_callbacks)
    other.refresh_from_db()
    assert other.text.startswith("路灯坏了")
    assert other.contact.name == "张三丰"
    assert other.files.count() == 2
    assert StoredFile.objects.filter(pk=shared.pk).exists(), "another case still uses it"
    assert Notice.objects.get().reference == other.number


def test_the_receipt_still_proves_itself(whole_case, django_capture_on_commit_callbacks):
    case = whole_case()
    leaf = apps.get_model("audit.Leaf").objects.get(leaf_hash=bytes.fromhex(case.leaf_hash))
    erase(case, django_capture_on_commit_callbacks)
    assert case.receipt_salt == ""
    assert apps.get_model("audit.Leaf").objects.get(pk=leaf.pk).leaf_hash == leaf.leaf_hash


@pytest.mark.parametrize("state", ["in_progress", "received", "awaiting_person"])
def test_an_open_case_is_refused(whole_case, state):
    case = whole_case()
    Case.objects.filter(pk=case.pk).update(state=state, outcome="", closed_at=None)
    with pytest.raises(Conflict, match="Withdraw it first"):
        operations.erase_case(case.pk, actor="person")
    case.refresh_from_db()
    assert case.text
    assert Contact.objects.exists()


def test_an_answered_case_need_not_wait_for_its_closing(whole_case, django_capture_on_commit_callbacks):
    case = whole_case()
    Case.objects.filter(pk=case.pk).update(state="answered", answered_at=case.closed_at, closed_at=None)
    erase(case, django_capture_on_commit_callbacks)
    assert (case.text, case.state) == ("", "answered")


def test_an_unknown_case_is_refused():
    with pytest.raises(Missing):
        operations.erase_case(999, actor="person")


def test_twice_is_once(whole_case, django_capture_on_commit_callbacks):
    case = whole_case()
    erase(case, django_capture_on_commit_callbacks)
    erase(case, django_capture_on_commit_callbacks)
    assert Deletion.objects.count() == 1
    assert Event.objects.filter(action="anonymise").count() == 1


def test_a_fault_in_the_middle_changes_nothing(whole_case, media, monkeypatch):
    case = whole_case()
    kept = sorted(media.rglob("*"))
    monkeypatch.setattr("huiyin.audit.operations.record_many", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        operations.erase_case(case.pk, actor="person")
    case.refresh_from_db()
    assert case.text
    assert sorted(media.rglob("*")) == kept
    assert not Deletion.objects.exists()


def test_every_declared_field_is_what_it_says_afterwards(whole_case, django_capture_on_commit_callbacks):
    """Read from the declarations: so a new field of tomorrow is tested too."""
    case = whole_case()
    number_of = {model: queries.rows(model, [case.pk]).count() for model in queries.subject_models()}
    assert {model._meta.label for model, count in number_of.items() if not count} <= {
        "cases.Pause",
        "cases.CaseLink",
        "topics.TopicCase",
    }
    erase(case, django_capture_on_commit_callbacks)
    for model in queries.subject_models():
        actions = queries.actions(model)
        rows = list(queries.rows(model, [case.pk]))
        assert not (rows and any(done.verb == "delete" for done in actions.values())), model
        for row in rows:
            for name, done in actions.items():
                if done.verb in {"blank", "null"}:
                    assert not getattr(row, name), (model, name)
