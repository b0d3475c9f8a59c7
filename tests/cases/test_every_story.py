"""All actions by all roles in any order, thousands of steps: what must hold holds after each of them.

Every step is tried by somebody, allowed or not; what is refused must have changed nothing. HUIYIN_EXAMPLES=1000 walks a
thousand stories instead of forty.
"""

import json
import os
import zipfile

import pytest
from django.db.models import Q
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from huiyin.accounts.enums import Role
from huiyin.cases.enums import (
    OPEN_STATES,
    Action,
    State,
)
from huiyin.cases.models import Case, Event, Publication, Reply
from huiyin.cases.queries import exports, family, timeline
from huiyin.feedback.models import Verdict
from huiyin.hooks.models import Delivery
from huiyin.notifications.models import Notice
from huiyin.privacy import operations as privacy
from huiyin.web.components import sentences
from tests.cases.office import NOTE, WORKING, Office


class Story(Office):
    """What must hold after each step."""

    def at_the_end(self):
        """What takes longer to read is read once."""
        self.a_note_is_in_no_file_feed_or_message()

    @invariant()
    def exactly_one_unit_is_responsible(self):
        for row in Case.objects.filter(state__in=WORKING):
            assert row.responsible_unit_id is not None
            if row.state != State.ASSIGNED:
                assert row.responsible_unit_id == row.unit_id, "whoever signed answers for it"

    @invariant()
    def no_deadline_moves_without_a_record_and_no_promise_at_all(self):
        fresh = list(Event.objects.filter(pk__gt=self.seen).order_by("pk"))
        for row in Case.objects.all():
            assert row.promised_at == self.promised[row.pk]
            if row.due_at != self.dues[row.pk]:
                said = [event.data for event in fresh if event.case_id == row.pk]
                moved = [data.get("due_after") or data.get("due") for data in said]
                assert row.due_at.isoformat() in moved, "the record says where the deadline went"
                self.dues[row.pk] = row.due_at
        self.seen = fresh[-1].pk if fresh else self.seen

    @invariant()
    def a_note_reaches_nobody_outside(self):
        for row in Case.objects.all():
            told = sentences.story_for_person(timeline.for_person(row))
            assert not [line for line in told if NOTE in line.title + line.text or line.kind == "note"]
        outside = [
            *Reply.objects.values_list("text", flat=True),
            *Publication.objects.values_list("text", flat=True),
            *(notice.body for notice in Notice.objects.all()),
            *(str(chunk) for chunk in exports.chunks(Q())),
        ]
        assert not [text for text in outside if NOTE in text]

    def a_note_is_in_no_file_feed_or_message(self):
        """What takes longer to read is read once, at the end of each story."""
        ids = list(Case.objects.values_list("pk", flat=True))
        with privacy.export_cases(ids) as file, zipfile.ZipFile(file) as archive:
            outside = [archive.read(name).decode() for name in archive.namelist()]
        browser = Client()
        public = Publication.objects.values_list("case__number", flat=True)
        addresses = [
            "/",
            "/cases/",
            "/cases/feed.atom",
            "/open311/v2/requests.json",
            *(f"/cases/{n}/" for n in public),
        ]
        outside += [browser.get(address).content.decode() for address in addresses]
        outside += [json.dumps(payload) for payload in Delivery.objects.values_list("payload", flat=True)]
        assert not [text for text in outside if NOTE in text]

    @invariant()
    def nothing_confidential_is_public_and_nothing_held_is_lost(self):
        assert not Publication.objects.filter(case__is_confidential=True).exists()
        for row in Case.objects.filter(held_until__isnull=False, pk__in=self.texts):
            assert row.text == self.texts[row.pk]

    @invariant()
    def every_verdict_is_the_persons_or_was_taken_down_by_the_desk(self):
        by = Verdict.objects.exclude(entered_by=None).values_list("entered_by__memberships__role", flat=True)
        assert set(by) <= {Role.OPERATOR, Role.DISPATCHER}

    @invariant()
    def no_verdict_ever_changes(self):
        now = {
            row.pk: (row.contacted, row.solved, row.satisfaction, row.text, row.entered_by_id)
            for row in Verdict.objects.all()
        }
        assert all(now.get(pk) == before for pk, before in self.verdicts.items())
        self.verdicts = now

    @invariant()
    def what_is_merged_is_on_its_way_to_an_outcome(self):
        for row in Case.objects.filter(state=State.MERGED):
            top = family.above(row.pk)[0]
            assert Case.objects.get(pk=top).state in OPEN_STATES

    @invariant()
    def disputes_and_requests_end_with_the_case(self):
        assert not Case.objects.exclude(state__in=OPEN_STATES).filter(extensions__state="asked").exists()
        assert (
            not Case.objects.exclude(state__in=OPEN_STATES)
            .filter(returns__ended_at=None, returns__pk__gt=0)
            .exists()
        )
        assert not Event.objects.filter(action=Action.WARN, case__due_at=None).exists()


@pytest.mark.django_db
def test_every_story_that_people_can_make_of_it():
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=int(os.environ.get("HUIYIN_EXAMPLES", "40")), stateful_step_count=50, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
