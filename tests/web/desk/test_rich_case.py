"""The page of a case with everything around it stays within twelve queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huiyin.accounts.enums import Role
from huiyin.cases.enums import ExtensionReason, ReturnReason
from huiyin.cases.operations import acting, extensions, handling, joint, merging, person, returns, supervision
from huiyin.kernel import clock
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(unit, officer):
    """Returned, sent back, put off, asked about, with tasks, a summons, a note, a merged case and a urge."""
    actor, water, gas = acting.staff(officer), factories.unit(), factories.unit()
    supervisor = acting.staff(factories.user((Role.SUPERVISOR, None)))
    dispatcher = acting.staff(factories.user((Role.DISPATCHER, None)))
    case, other = factories.case(unit=unit), factories.case(unit=unit)
    returns.give_back(case.pk, reason=ReturnReason.OTHER_AREA, text="Not here.", actor=actor, proposed=water)
    handling.assign(case.pk, unit=unit, actor=dispatcher, reason="It is.")
    handling.sign_for(case.pk, actor=actor)
    handling.take(case.pk, officer=officer, actor=acting.staff(factories.user((Role.UNIT_HEAD, unit))))
    at = clock.now() + dt.timedelta(days=1)
    for days in (1, 2):
        extensions.ask(case.pk, days=days, reason=ExtensionReason.EXPERT, text="A test runs.", actor=actor)
        extensions.grant(case.pk, actor=supervisor)
    for helper in (water, gas):
        joint.ask_unit(case.pk, unit=helper, what="Look.", due_at=at, actor=actor)
    joint.summon(case.pk, units=[water, gas], place="Gate", at=at, reason="Look", actor=actor)
    handling.write_note(case.pk, text="A note.", actor=actor)
    merging.merge(case.pk, others=[other.pk], actor=actor)
    handling.ask(case.pk, text="Which one?", actor=actor)
    person.write(case.pk, text="That one.")
    supervision.urge(case.pk, text="Please.", actor=supervisor)
    return case


def test_the_page_of_a_case_with_everything_around_it(client, officer, rich):
    client.force_login(officer)
    url = reverse("desk:case", args=[rich.number])
    page = client.get(url)
    for words in ("A test runs.", "Not here.", "Look.", "Gate", "A note.", "That one."):
        assert words in page.text
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len(queries) <= 12, "\n".join(query["sql"][:160] for query in queries.captured_queries)
