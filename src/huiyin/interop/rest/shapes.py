"""What goes over the line: the types of answers and requests, from which the OpenAPI description is made.

Answers name things by code and hold texts in every language there is, so that they do not depend on the reader's.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from huiyin.cases.enums import Anonymity, NotAcceptedReason, Outcome, ReplyKind, State
from huiyin.catalogue.enums import Kind, Urgency


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("The character NUL cannot be stored.")
    return text


Text = Annotated[str, AfterValidator(_storable)]
Line = Annotated[Text, Field(max_length=300)]
Code = Annotated[Text, Field(max_length=60)]
Names = dict[str, str]
EARLIEST, LATEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
# With its zone: a moment without one means another thing to everybody.
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]


class Given(Schema):
    """Base of what clients send: what is not known is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid")


class Place(Schema):
    text: str
    area: str | None = Field(description="Code of the division.")
    lat: float | None
    lon: float | None


class Clocks(Schema):
    """Promised moments. `promised` never moves; `answer` moves by a pause or an extension only."""

    sign: dt.datetime | None
    contact: dt.datetime | None
    answer: dt.datetime | None
    promised: dt.datetime | None


class Answer(Schema):
    code: str
    label: str
    value: str | list[str]
    shown: str


class File(Schema):
    name: str
    kind: str
    content_type: str
    size: int
    sha256: str
    url: str = Field(description="Works for at least an hour.")


class Case(Schema):
    """A case as staff see it, without contact data: those are never given to programs."""

    number: str
    revision: int = Field(description="Rises with every change; the beginning of the ETag.")
    state: State
    outcome: Outcome | None
    not_accepted_reason: NotAcceptedReason | None
    kind: Kind
    urgency: Urgency
    channel: str
    service: str | None
    unit: str | None
    language: str
    anonymity: Anonymity
    place: Place
    received_at: dt.datetime
    assigned_at: dt.datetime | None
    accepted_at: dt.datetime | None
    contacted_at: dt.datetime | None
    answered_at: dt.datetime | None
    closed_at: dt.datetime | None
    changed_at: dt.datetime = Field(description="When the last step was taken; moves on with the revision.")
    due: Clocks
    reopened: int
    published: bool
    source: str
    external_id: str
    text: str | None = Field(
        None, description="What the person said. In lists only when asked for by `fields`."
    )
    answers: list[Answer] | None = Field(
        None, description="Answers to the service's own questions; as `text`."
    )
    files: list[File] | None = Field(None, description="Files of the first message; of one case only.")


class Cases(Schema):
    items: list[Case]
    next: str | None = Field(description="Give it as `after` to get the next page; null on the last one.")


class Event(Schema):
    """One row of the timeline."""

    id: int
    at: dt.datetime
    action: str
    party: str
    unit: str | None
    from_state: str | None
    to_state: str | None
    facts: dict[str, Any] = Field(
        description="Codes and dates: unit, from_unit, service, due, outcome, solved, …"
    )
    text: str | None = Field(description="The letter, message or note that belongs to it.")
    files: list[File]


class Timeline(Schema):
    items: list[Event]


class Verdict(Schema):
    solved: str
    contacted: str
    satisfaction: int | None
    given_at: dt.datetime


class Reply(Schema):
    id: int
    kind: ReplyKind
    text: str
    outcome: Outcome | None
    unit: str | None
    sent_at: dt.datetime
    in_time: bool | None
    files: list[File]
    verdict: Verdict | None


class Replies(Schema):
    items: list[Reply]


class PlaceGiven(Given):
    text: Line = ""
    area: Code | None = None
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)


class ContactGiven(Given):
    name: Line = ""
    phone: Line = ""
    email: Line = ""
    address: Line = ""
    wants_mail: bool = False


class CaseGiven(Given):
    """A new case; everything but the text may be left out, as far as the service allows it."""

    text: Text = Field(min_length=1, max_length=1_000_000)
    service: Code | None = Field(None, description="Code of a service on offer.")
    kind: Kind | None = None
    language: str = Field("zh-hans", pattern="^(zh-hans|zh-hant|en)$", description="Language of the answer.")
    place: PlaceGiven = Field(default_factory=lambda: PlaceGiven(lat=None, lon=None))
    contact: ContactGiven = Field(default_factory=ContactGiven)
    anonymity: Anonymity = Anonymity.OFFICE
    answers: dict[Code, Line | list[Line]] = Field(
        {}, description="Answers to the service's questions, by code."
    )
    files: list[Code] = Field([], max_length=50, description="Tokens of files sent before.")


class Filed(Schema):
    """The number, and the look-up code of the person: it is shown here and nowhere else."""

    number: str
    code: str
    follow: str = Field(description="Where the person follows the case, with number and code.")
    case: Case | None = Field(description="Null where the user of the key may not see it.")


class NoteGiven(Given):
    text: Text = Field(min_length=1, max_length=20_000)


class NoteKept(Schema):
    id: int
    revision: int


class ReplyGiven(Given):
    """A letter to the person: an answer needs its outcome; a question stops the clock."""

    kind: ReplyKind
    text: Text = Field(min_length=1, max_length=20_000)
    outcome: Outcome | None = None
    files: list[Code] = Field([], max_length=50)


class MoveGiven(Given):
    """What is done with the case. `unit` and `reason` are for `assign`."""

    action: str = Field(pattern="^(assign|sign_for|start|resume)$")
    unit: Code | None = None
    reason: Line = ""


class FileKept(Schema):
    token: str = Field(description="Name it in a case or a reply within two days.")
    name: str
    kind: str
    content_type: str
    size: int
    sha256: str


class Question(Schema):
    code: str
    type: str
    labels: Names
    required: bool
    values: list[str]


class Service(Schema):
    code: str
    parent: str | None
    names: Names
    descriptions: Names
    kind: Kind
    urgency: Urgency
    unit: str | None
    is_group: bool
    contact_required: bool
    place_required: bool
    anonymous_allowed: bool
    emergency: bool = Field(description="Cases of it are not taken here: it says which number to call.")
    questions: list[Question]


class Services(Schema):
    items: list[Service]


class Unit(Schema):
    code: str
    parent: str | None
    names: Names
    is_active: bool


class Units(Schema):
    items: list[Unit]


class Counts(Schema):
    """What was counted, and the rates made of it: null where too little was counted to say so."""

    received: int
    due: int
    in_time: int
    answers: int
    median_days: float | None
    yes: int
    partly: int
    no: int
    not_needed: int
    satisfied: int
    silent: int
    waiting: int
    reopened: int
    reopenings: int
    sent_to: int
    returned: int
    on_time_rate: float | None
    resolution_rate: float | None
    satisfaction_rate: float | None
    reopening_rate: float | None
    returning_rate: float | None


class Part(Schema):
    """The figures of one unit or service."""

    code: str
    counts: Counts


class Figures(Schema):
    period_days: int
    computed_at: dt.datetime
    total: Counts
    before: Counts
    units: list[Part]
    services: list[Part]


class Published(Schema):
    """A case as everybody may see it."""

    number: str
    title: str
    text: str
    answer: str
    state: State
    outcome: Outcome | None
    service: str | None
    area: str | None
    place: str
    lat: float | None
    lon: float | None
    published_at: dt.datetime
    supports: int
    url: str


class PublishedCases(Schema):
    items: list[Published]
    next: str | None
