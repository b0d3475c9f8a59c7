"""The draft behind the form: which browser it belongs to, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from huiyin.cases.enums import Anonymity
from huiyin.cases.operations import drafts
from huiyin.catalogue import queries as catalogue
from huiyin.catalogue.enums import Kind
from huiyin.kernel import clock
from huiyin.organisations import queries as organisations
from huiyin.questionnaires import queries as questionnaires
from huiyin.triage.queries import matters

if TYPE_CHECKING:
    from huiyin.cases.models import Draft
    from huiyin.catalogue.models import Service
    from huiyin.organisations.models import Unit

COOKIE = "report"
DAY = 24 * 3600
UNSURE = "unsure"
# Not a service: the person complains about an office, whatever it is responsible for.
STAFF = "staff"


@dataclass
class Report:
    """What one person has entered so far."""

    draft: Draft | None
    entered: dict[str, Any]
    fresh_mark: str = ""
    _service: list[Service | None] = field(default_factory=list)

    @property
    def text(self) -> str:
        return str(self.entered.get("text", ""))

    @property
    def service(self) -> Service | None:
        """The chosen service; looked up once."""
        if not self._service:
            code = self.entered.get("service", "")
            self._service.append(catalogue.service(code) if code not in {"", UNSURE, STAFF} else None)
        return self._service[0]

    @property
    def questions(self) -> tuple[questionnaires.Question, ...]:
        version = self.service.current if self.service else None
        return questionnaires.questions_of(version.form) if version else ()

    @property
    def kind(self) -> Kind | None:
        """A complaint where the person said so, else what is usual for the service; None where that is open."""
        if self.entered.get("service") == STAFF:
            return Kind.COMPLAINT
        version = self.service.current if self.service else None
        return Kind(version.kind) if version else None

    @property
    def may_name_unit(self) -> bool:
        """Whether to ask which office is complained about."""
        return self.kind in {Kind.COMPLAINT, Kind.REPORT}

    @property
    def about_unit(self) -> Unit | None:
        """The office that the person complains about."""
        chosen = str(self.entered.get("about_unit") or "")
        return organisations.unit(int(chosen)) if self.may_name_unit and chosen.isdecimal() else None

    @property
    def has_place(self) -> bool:
        return bool(self.entered.get("place_text")) or self.entered.get("lat") is not None

    @property
    def is_sent(self) -> bool:
        return "sent_number" in self.entered

    @property
    def anonymity(self) -> Anonymity:
        return Anonymity(self.entered.get("anonymity", Anonymity.OFFICE))

    def matter(self) -> matters.Matter:
        """What was entered so far, for what is offered: services, and published cases about the same."""
        entered = self.entered
        point = (entered["lat"], entered["lon"]) if entered.get("lat") is not None else None
        return matters.Matter(
            text=self.text, at=clock.now(), place_text=str(entered.get("place_text", "")), point=point,
            area_code=str(entered.get("area", "")),
        )  # fmt: skip

    def keep(self, **values: Any) -> None:
        """Save values; the first one begins the draft."""
        if self.draft is None:
            self.fresh_mark, self.draft = drafts.begin()
        self.entered = drafts.save(self.draft, **values)
        self._service.clear()

    def remember(self, response: HttpResponse) -> HttpResponse:
        """Give the browser the mark of a draft that has just begun."""
        if self.fresh_mark:
            response.set_cookie(
                COOKIE, self.fresh_mark, max_age=DAY, httponly=True, samesite="Lax", secure=settings.SECURE
            )
        return response


def of(request: HttpRequest) -> Report:
    """The report of this browser; an empty one if it has none."""
    draft = drafts.open_draft(request.COOKIES.get(COOKIE, ""))
    return Report(draft, drafts.entered(draft) if draft else {})


def unsent(request: HttpRequest) -> Report:
    """The report of this browser that is not yet sent; after sending a new one begins."""
    report = of(request)
    return Report(None, {}) if report.is_sent else report
