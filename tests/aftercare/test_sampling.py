"""A sample of answers, drawn by chance per unit and read by somebody who had no part in them."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import caches
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.aftercare.enums import Finding
from huiyin.aftercare.models import Sample
from huiyin.aftercare.operations import sampling
from huiyin.aftercare.queries import sampling as queries
from huiyin.cases.enums import Outcome
from huiyin.cases.models import Reply
from huiyin.cases.operations import acting, handling
from huiyin.kernel.errors import Conflict, Denied, Missing
from huiyin.organisations import operations as organisations
from huiyin.organisations.enums import SettingKey
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 11, 2, tzinfo=dt.UTC)  # a Wednesday
LAST_WEEK = dt.datetime(2026, 3, 4, 2, tzinfo=dt.UTC)
GOOD = sampling.Review(
    answers_question=Finding.YES, says_done=Finding.NO, names_date=Finding.NOT_NEEDED, remark="写明哪天修"
)


def answers(unit, count, at=LAST_WEEK, user=None):
    officer = user or factories.user((Role.OFFICER, unit))
    with time_machine.travel(at):
        for _turn in range(count):
            case = factories.case(unit=unit)
            handling.answer(case.pk, text="好了。", outcome=Outcome.SOLVED, actor=acting.staff(officer))
    return officer


def draw(at=NOW):
    with time_machine.travel(at):
        return sampling.draw()


@pytest.fixture
def auditor():
    return factories.user((Role.AUDITOR, None))


def test_each_unit_has_its_share_of_last_week_and_it_is_drawn_once():
    busy, quiet = factories.unit(), factories.unit()
    answers(busy, 6)
    answers(quiet, 2)
    answers(busy, 2, at=NOW)
    answers(busy, 2, at=LAST_WEEK - dt.timedelta(days=7))
    assert draw() == 5
    assert draw() == 0
    drawn = Sample.objects.values_list("reply__unit", flat=True)
    assert sorted(drawn) == sorted([busy.pk] * 3 + [quiet.pk] * 2)
    assert set(Sample.objects.values_list("week", flat=True)) == {dt.date(2026, 3, 2)}
    assert draw(NOW + dt.timedelta(days=7)) == 2


def test_it_is_drawn_by_chance():
    unit = factories.unit()
    answers(unit, 6)
    seen = set()
    for _turn in range(12):
        Sample.objects.all().delete()
        draw()
        seen.add(tuple(Sample.objects.order_by("reply").values_list("reply", flat=True)))
    assert len(seen) > 1


def test_none_is_a_number_too():
    answers(factories.unit(), 3)
    organisations.change_setting(SettingKey.SAMPLED_ANSWERS, value="0", actor="system")
    caches["local"].clear()
    assert draw() == 0


def test_a_second_person_reads_it_once(auditor):
    answers(factories.unit(), 1)
    draw()
    sample = Sample.objects.get()
    sampling.review(sample.pk, user=auditor, found=GOOD)
    sample.refresh_from_db()
    assert (sample.reviewer, sample.says_done, sample.remark) == (auditor, "no", "写明哪天修")
    with pytest.raises(Conflict):
        sampling.review(sample.pk, user=factories.user((Role.SUPERVISOR, None)), found=GOOD)
    found = queries.found()
    assert [(row.reviewed, row.points) for row in found] == [(1, ((1, 1), (0, 1), (0, 0)))]


def test_never_ones_own_answer_nor_that_of_the_own_unit(auditor):
    unit = factories.unit()
    author = factories.user((Role.OFFICER, unit), (Role.AUDITOR, None))
    answers(unit, 1, user=author)
    colleague = factories.user((Role.UNIT_HEAD, unit), (Role.SUPERVISOR, None))
    draw()
    sample = Sample.objects.get()
    for user in (author, colleague):
        assert not queries.waiting(user).exists()
        with pytest.raises(Denied):
            sampling.review(sample.pk, user=user, found=GOOD)
    # The author who has left the unit still wrote it.
    author.memberships.filter(unit_id=unit.pk).delete()
    with pytest.raises(Denied):
        sampling.review(sample.pk, user=type(author).objects.get(pk=author.pk), found=GOOD)
    assert queries.waiting(auditor).get() == sample


def test_officers_do_not_review():
    answers(factories.unit(), 1)
    draw()
    with pytest.raises((Denied, Missing)):
        sampling.review(
            Sample.objects.get().pk, user=factories.user((Role.OFFICER, factories.unit())), found=GOOD
        )


def test_screens(client, auditor, constant_queries):
    unit = factories.unit()

    def add():
        with time_machine.travel(LAST_WEEK):
            case = factories.case(unit=unit)
            officer = factories.user((Role.OFFICER, unit))
            handling.answer(case.pk, text="好了。", outcome=Outcome.SOLVED, actor=acting.staff(officer))
        Sample.objects.create(reply=Reply.objects.order_by("-pk")[0], week=dt.date(2026, 3, 2))

    constant_queries("desk:sample_list", add=add, user=auditor)
    sample = Sample.objects.first()
    url = reverse("desk:sample", args=[sample.pk])
    assert "好了。" in client.get(url).content.decode()
    assert client.post(url, {"answers_question": "yes"}).status_code == 422
    data = {"answers_question": "yes", "says_done": "no", "names_date": "not_needed", "remark": ""}
    assert client.post(url, data).status_code == 302
    assert client.get(reverse("desk:quality_found")).status_code == 200
    assert client.post(url, data).status_code == 409 or client.post(url, data).status_code == 422
