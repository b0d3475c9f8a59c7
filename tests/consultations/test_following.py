"""Who wants to be told is told, about their own statement, and forgotten when they wish."""

import re

import pytest

from huiyin.consultations.enums import Standing
from huiyin.consultations.models import Consultation, Follower
from huiyin.consultations.operations import answers, following, moderation, phases, taking_part
from huiyin.kernel.errors import Conflict, Invalid, Missing
from huiyin.notifications.models import Notice
from huiyin.people.models import Contact
from tests import staff
from tests.factories import consulting

pytestmark = pytest.mark.django_db


def answered(row: Consultation) -> Consultation:
    row = consulting.closed(row)
    ids = list(row.statements.filter(standing=Standing.PUBLISHED).values_list("pk", flat=True))
    verdict = answers.Verdict(
        decision="not_adopted", reasons={"zh-hans": "地下有管线。", "en": "Pipes."}, unit=staff.a_unit()
    )
    answers.decide(row.pk, statement_ids=ids, verdict=verdict, actor="system")
    answers.conclude(row.pk, conclusions={"en": "Thanks."}, actor="system")
    phases.answer(row.pk, actor="system")
    return Consultation.objects.get(pk=row.pk)


def written(row, text):
    return taking_part.write_statement(row.pk, text=text, language="zh-hans", proof=consulting.somebody(text))


def test_each_is_told_what_became_of_their_own_statement_in_their_language():
    row = consulting.opened(votes_before_writing=0)
    shown, removed = written(row, "多放长椅。"), written(row, "卖房电话。")
    moderation.publish(shown.pk, actor="system")
    moderation.remove(removed.pk, reason="advertising", actor="system")
    for one, language in ((shown, "zh-hans"), (removed, "en"), (None, "en")):
        following.follow(row, email="a@example.cn", language=language, statement=one)
    answered(row)
    first, second, third = (notice.body for notice in Notice.objects.order_by("pk"))
    assert "您提出的观点：多放长椅。" in first
    assert "未采纳。地下有管线。" in first
    assert "Advertises something" in second
    assert "多放长椅" not in second + third
    assert f"/consultations/{row.code}/" in third


def test_the_link_in_the_mail_forgets_the_address_after_a_question():
    row = consulting.opened()
    following.follow(row, email="a@example.cn", language="en")
    answered(row)
    link = re.search(r"http://127.0.0.1:8000(/told/\S+/)", Notice.objects.get().body)[1]
    client = staff.browser()
    assert "Delete your address?" in client.get(link).content.decode()
    assert Contact.objects.count() == 1
    assert "is deleted" in client.post(link).content.decode()
    assert not Contact.objects.exists()
    assert not Follower.objects.exists()
    assert client.get(link).status_code == 404
    assert not Notice.objects.exclude(address="").exists()


def test_archiving_forgets_everybody():
    row = consulting.opened()
    following.follow(row, email="a@example.cn", language="en")
    phases.archive(answered(row).pk, actor="system")
    assert not Contact.objects.exists()


def test_wrong_addresses_links_and_moments_are_refused():
    row = consulting.opened()
    for email in ("", "nobody", "a@b"):
        with pytest.raises(Invalid) as raised:
            following.follow(row, email=email, language="en")
        assert "email" in raised.value.fields
    one = following.follow(row, email="a@example.cn", language="en")
    with pytest.raises(Missing):
        following.stop(one.pk, token="x")
    with pytest.raises(Conflict):
        following.follow(answered(row), email="a@example.cn", language="en")
