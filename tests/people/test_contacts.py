"""Contact data: kept encrypted, found by hash, shown masked, revealed only with a trace."""

import pytest
from django.apps import apps
from django.db import connection, transaction

from huiyin.accounts.enums import Role
from huiyin.kernel.errors import Conflict, Denied, Invalid
from huiyin.people import operations, queries
from huiyin.people.models import Contact, Reveal
from tests import factories

pytestmark = pytest.mark.django_db


def zhang(**given) -> Contact:
    return operations.create_contact(
        **{"name": "张三", "phone": "138 1234 5678", "email": "Zhang@X.cn", "address": "鼓楼区五一路１号"}
        | given
    )


def records(action: str):
    return list(
        apps.get_model("audit.Record").objects.filter(action=action).values("actor", "subject", "why", "data")
    )


def test_nothing_of_it_is_readable_in_the_database():
    contact = zhang()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM people_contact c WHERE id = %s", [contact.pk])
        row = cursor.fetchone()[0].lower()
    for part in ("张三", "13812345678", b"5678".hex(), "zhang", "五一路"):
        assert part not in row


def test_it_comes_back_in_one_spelling():
    contact = Contact.objects.get(pk=zhang().pk)
    assert (contact.name, contact.phone) == ("张三", "13812345678")
    assert (contact.email, contact.address) == ("Zhang@x.cn", "鼓楼区五一路1号")


def test_earlier_cases_of_the_same_person_are_found_by_any_spelling():
    first = zhang(email="")
    second = zhang(phone="+86 138-1234-5678", email="zhang@x.cn")
    third = zhang(phone="", email="ZHANG@X.CN")
    zhang(phone="13900000000", email="")
    assert list(queries.alike(first)) == [second]
    assert list(queries.alike(second)) == [third, first]
    assert list(queries.with_same(phone="００８６１３８１２３４５６７８")) == [second, first]
    assert list(queries.with_same(email="zhang@x.cn")) == [third, second]
    assert list(queries.with_same(phone="x", email="x")) == []
    assert list(queries.alike(operations.create_contact(name="李四"))) == []
    assert set(queries.with_itself(first)) == {first, second}
    assert set(queries.with_itself(second)) == {first, second, third}
    unreachable = operations.create_contact(name="李四")
    assert list(queries.with_itself(unreachable)) == [unreachable]


def test_hashes_of_phone_and_mail_do_not_mix():
    assert queries.key("phone", "a") != queries.key("email", "a")
    assert queries.key("phone", "") == ""


def test_refusals_name_every_field():
    with pytest.raises(Invalid) as caught:
        operations.create_contact(name="x" * 101, phone="abc", email="abc", address="x" * 301)
    assert set(caught.value.fields) == {"name", "phone", "email", "address"}
    assert "abc" not in str(caught.value)
    with pytest.raises(Invalid, match="to which notices"):
        operations.create_contact(name="张三", wants_mail=True)
    assert not Contact.objects.exists()


def test_masked():
    assert queries.masked(zhang()) == queries.Masked("张**", "138****5678", "Z***@x.cn", "鼓楼区***")


def test_reveal_leaves_its_traces():
    contact, user = zhang(), factories.user((Role.OPERATOR, None))
    shown = operations.reveal(
        contact, user=user, purpose=" 电话\n回访 ", case_number="12345678901", unit_names={"en": "Desk"}
    )
    assert shown.phone == "13812345678"
    row = queries.reveals("12345678901").get()
    assert (row.user, row.purpose, row.unit_names, row.contact) == (
        user,
        "电话 回访",
        {"en": "Desk"},
        contact,
    )
    (record,) = records("contact.revealed")
    assert record["actor"] == f"user:{user.pk}"
    assert record["why"] == "电话 回访"
    assert "13812345678" not in str(record)


@pytest.mark.parametrize("purpose", ["", "  ", "x", "aaaaaaa", "x" * 400])
def test_reveal_without_a_purpose_is_refused(purpose):
    user = factories.user((Role.OPERATOR, None))
    with pytest.raises(Invalid) as caught:
        operations.reveal(zhang(), user=user, purpose=purpose, case_number="1", unit_names={})
    assert "purpose" in caught.value.fields
    assert not Reveal.objects.exists()
    assert not records("contact.revealed")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_reveal_needs_a_role(role):
    with pytest.raises(Denied):
        operations.reveal(
            zhang(), user=factories.user((role, None)), purpose="电话回访", case_number="1", unit_names={}
        )
    assert not Reveal.objects.exists()


def test_no_reveal_without_its_record(monkeypatch):
    monkeypatch.setattr("huiyin.audit.operations.record", lambda *_, **__: 1 / 0)
    user = factories.user((Role.OPERATOR, None))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        operations.reveal(zhang(), user=user, purpose="电话回访", case_number="1", unit_names={})
    assert not Reveal.objects.exists()


def test_correct_changes_what_was_given_and_records_the_fields_only():
    contact = zhang()
    operations.correct(contact, actor="person", phone="0591-87654321")
    contact.refresh_from_db()
    assert (contact.phone, contact.name) == ("059187654321", "张三")
    assert list(queries.with_same(phone="0591 87654321")) == [contact]
    assert list(queries.with_same(phone="13812345678")) == []
    (record,) = records("contact.corrected")
    assert record["data"] == {"fields": ["phone"]}
    operations.correct(contact, actor="person", phone="0591 8765 4321")
    assert len(records("contact.corrected")) == 1, "nothing changed"


def test_erase_keeps_who_looked():
    contact, user = zhang(), factories.user((Role.OPERATOR, None))
    operations.reveal(contact, user=user, purpose="电话回访", case_number="7", unit_names={})
    operations.erase(contact, actor="person")
    assert not Contact.objects.exists()
    assert queries.reveals("7").get().contact is None
    assert records("contact.erased")
    with pytest.raises(Conflict):
        operations.reveal(Contact(pk=999), user=user, purpose="电话回访", case_number="7", unit_names={})


def test_notices_go_only_to_those_who_want_them():
    assert queries.mail_address(zhang(wants_mail=True)) == "Zhang@x.cn"
    assert queries.mail_address(zhang()) == ""
    assert queries.mail_address(None) == ""
