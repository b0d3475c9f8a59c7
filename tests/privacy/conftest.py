import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.accounts.enums import Role
from huiyin.aftercare.models import Attempt, Callback, Sample
from huiyin.cases.models import (
    Case,
    CaseFile,
    Declaration,
    Event,
    Extension,
    Hold,
    Merge,
    Message,
    Note,
    Publication,
    Reply,
    Return,
    Summoned,
    Summons,
    Support,
    Task,
)
from huiyin.feedback.models import Exclusion, Verdict
from huiyin.files import operations as files
from huiyin.hooks import queries as hooks
from huiyin.hooks.operations import setting_up
from huiyin.kernel import clock
from huiyin.notifications import operations as notifications
from huiyin.people import operations as people
from huiyin.relays.models import Connection, Relay
from huiyin.triage.models import Decision, Proposal, Review, Rule, Waiting
from tests import factories
from tests.factories.uploads import gps_exif, movie, picture

# Everything that somebody said or gave. None of it may be anywhere after erasing.
SAID = [
    "路灯坏了",
    "五一路8号",
    "张三丰",
    "13812345678",
    "zhang@x.cn",
    "仓山区",
    "补充一句",
    "谢谢您",
    "悄悄话",
    "很满意",
    "夜里拍的",
    "导入的列",
    "灯杆编号",
]


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    """A storage folder of the test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    return tmp_path / "files"


@pytest.fixture
def whole_case():
    """Makes finished cases with rows of every kind; days: how long ago it was closed."""
    return _whole_case


def _whole_case(*, days: int = 0, state: str = "closed", **given: Any) -> Case:
    user, unit = factories.user((Role.OPERATOR, None)), factories.unit()
    if not hooks.hooks().exists():
        setting_up.create(setting_up.Terms(name="Mirror", url="https://1.1.1.1/"), actor="system")
        caches["local"].clear()  # what happens after the commit
    case = _filed(unit, **given)
    people.reveal(
        case.contact, user=user, purpose="电话回访", case_number=case.number, unit_names={"en": "Desk"}
    )
    message = Message.objects.create(case=case, text="补充一句")
    CaseFile.objects.filter(case=case, position=1).update(message=message)
    _handled(case, user=user, unit=unit)
    _published(case)
    notifications.enqueue(
        "answer", address="zhang@x.cn", reference=case.number, subject="谢谢您", body="谢谢您"
    )
    ended = clock.now() - dt.timedelta(days=days)
    Case.objects.filter(pk=case.pk).update(
        state=state,
        outcome={"closed": "solved", "withdrawn": "withdrawn"}.get(state, ""),
        received_at=ended,
        closed_at=ended if state != "in_progress" else None,
    )
    case.refresh_from_db()
    return case


def _filed(unit: Any, **given: Any) -> Case:
    stored = [
        files.store(SimpleUploadedFile("a", picture(exif=gps_exif())), name="夜里拍的.jpg"),
        files.store(SimpleUploadedFile("a", movie(b"isom")), name="夜里拍的.mp4"),
    ]
    contact = people.create_contact(
        name="张三丰", phone="13812345678", email="zhang@x.cn", address="仓山区1号", wants_mail=True
    )
    return factories.case(
        text="路灯坏了，张三丰报告。",
        place_text="五一路8号",
        point=(26.07, 119.3),
        contact=contact,
        files=stored,
        unit=unit,
        extra={"col": "导入的列"},
        intake=[{"code": "pole", "label": "灯杆编号", "value": "7", "shown": "7"}],
        **given,
    )


def _handled(case: Case, **who: Any) -> None:
    user, unit = who["user"], who["unit"]
    at = clock.now()
    note = Note.objects.create(case=case, author=user, text="悄悄话")
    verdict = Verdict.objects.create(contacted=True, solved="yes", satisfaction=5, text="很满意")
    letter = {"kind": "answer", "text": "谢谢您", "outcome": "solved", "sent_at": at, "verdict": verdict}
    reply = Reply.objects.create(case=case, author=user, unit=unit, **letter)
    common = {"case": case, "at": at, "party": "unit", "actor": user, "unit": unit}
    other = factories.user((Role.SUPERVISOR, None))
    callback = Callback.objects.create(reply=reply, due_at=at, not_before=at, state="reached", ended_at=at)
    Attempt.objects.create(callback=callback, caller=user, result="reached")
    Sample.objects.create(
        reply=reply, week=at.date(), reviewer=other, reviewed_at=at, answers_question="yes", remark="张三丰"
    )
    decided = {"state": "approved", "decided_by": other, "decided_at": at, "decision_text": "张三丰"}
    Exclusion.objects.create(verdict=verdict, reason="trial", text="张三丰", asked_by=user, **decided)
    Event.objects.create(**common, action="assign", data={"unit": unit.pk, "reason": "张三丰住在那里"})
    Event.objects.create(**common, action="note", note=note)
    Event.objects.create(**common, action="answer", reply=reply, data={"outcome": "solved"})
    _coordinated(case, user=user, unit=unit)
    _sorted(case, unit=unit)


def _sorted(case: Case, *, unit: Any) -> None:
    """Rows of triage, and of a case that its unit works on in another system."""
    answers = {"service": [{"value": "1", "probability": 0.9, "source": "words", "words": ["张三丰"]}]}
    Waiting.objects.get_or_create(case=case)
    Proposal.objects.update_or_create(case=case, defaults={"answers": answers, "before": {"unit": "1"}})
    Decision.objects.create(
        case=case, question="service", proposed="1", decided="1", became="taken", source="words", probability=0.9,
        at=clock.now(),
    )  # fmt: skip
    Review.objects.create(case=case, rule=Rule.objects.create(position=1, name="Lamps", then_kind="help"))
    common = {"name": "Mirror", "endpoint": "https://1.1.1.1/", "default_code": "1", "since": clock.now()}
    other = Connection.objects.create(unit=unit, **common)
    Relay.objects.create(
        case=case,
        connection=other,
        state="sent",
        due_at=clock.now(),
        remote_id="7",
        remote_notes="谢谢您，张三丰",
    )


def _coordinated(case: Case, *, user: Any, unit: Any) -> None:
    """Rows of every kind of work between units."""
    soon, later = clock.now(), clock.now() + dt.timedelta(days=1)
    Extension.objects.create(
        case=case, state="refused", days=1, reason="expert", text="张三丰要的管子", decision="张三丰不急", asked_by=user,
        unit=unit, due_before=soon, due_after=later,
    )  # fmt: skip
    Return.objects.create(
        case=case, unit=unit, by=user, reason="unclear", text="张三丰没说在哪", decide_by=later, ended_at=later,
        end="overtaken", ground="张三丰说了算",
    )  # fmt: skip
    Declaration.objects.create(case=case, user=user, reason="张三丰是我邻居")
    Task.objects.create(
        case=case, unit=unit, what="给张三丰回电", due_at=later, asked_by=user, contribution="张三丰已知悉", done_at=soon,
        done_by=user,
    )  # fmt: skip
    summons = Summons.objects.create(
        case=case, unit=unit, by=user, place="五一路8号", at=later, reason="张三丰在等"
    )
    Summoned.objects.create(summons=summons, unit=unit)
    Hold.objects.create(case=case, by=user, reason="张三丰告状", until=later, ended_at=later, end="over")
    Merge.objects.create(case=case, by=user, state_before="assigned", ended_at=later, end="undone")


def _published(case: Case) -> None:
    public = Publication.objects.create(
        case=case, title="Lamp", text="A lamp is broken.", reason="张三丰", published_at=clock.now()
    )
    Support.objects.create(publication=public, mark="m" * 64)
