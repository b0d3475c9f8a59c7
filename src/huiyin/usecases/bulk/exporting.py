"""Cases into files, in the columns that an import reads: without contact data, or with them for a purpose."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.accounts.enums import Permission
from huiyin.audit import operations as audit
from huiyin.cases import permissions
from huiyin.cases.enums import Anonymity
from huiyin.cases.queries import exports
from huiyin.catalogue import queries as catalogue
from huiyin.kernel.errors import Denied, Invalid
from huiyin.organisations import queries as organisations
from huiyin.people import operations as people
from huiyin.usecases.bulk.fields import CONTACT, Field
from huiyin.usecases.bulk.mapping import own_source
from huiyin.usecases.bulk.writers import MOST_XLSX_ROWS, Format, Writer, open_writer

if TYPE_CHECKING:
    from huiyin.accounts.models import User

F = Field
# What a cell holds, and where it comes from.
_PLAIN = {
    F.NUMBER: "number", F.RECEIVED_AT: "received_at", F.CHANNEL: "channel__code", F.KIND: "kind",
    F.AREA: "area__code", F.PLACE: "place_text", F.LAT: "lat", F.LON: "lon", F.LANGUAGE: "language",
    F.URGENCY: "urgency", F.ANONYMITY: "anonymity", F.TEXT: "text", F.STATE: "state", F.OUTCOME: "outcome",
    F.REASON: "not_accepted_reason", F.ASSIGNED_AT: "assigned_at", F.ACCEPTED_AT: "accepted_at",
    F.CONTACTED_AT: "contacted_at", F.PROMISED_AT: "promised_at", F.DUE_AT: "due_at",
    F.ANSWERED_AT: "answered_at", F.CLOSED_AT: "closed_at", F.REPLY: "reply",
}  # fmt: skip
COLUMNS = (
    F.NUMBER, F.SOURCE, F.EXTERNAL_ID, F.RECEIVED_AT, F.CHANNEL, F.KIND, F.SERVICE, F.UNIT, F.AREA, F.PLACE, F.LAT,
    F.LON, F.LANGUAGE, F.URGENCY, F.ANONYMITY, F.TEXT, F.STATE, F.OUTCOME, F.REASON, F.ASSIGNED_AT, F.ACCEPTED_AT,
    F.CONTACTED_AT, F.PROMISED_AT, F.DUE_AT, F.ANSWERED_AT, F.CLOSED_AT, F.REPLY, F.EXTRAS,
)  # fmt: skip
Progress = Callable[[int], None]
_Clear = dict[int, tuple[str, ...]]


def export(
    path: Path,
    *,
    kind: Format,
    actor: accounts.Actor,
    where: Q | None = None,
    progress: Progress = lambda _n: None,
) -> int:
    """Write the cases that fit `where` and that the actor may export; returns how many. No contact data.

    The file appears when it is whole. Recorded in the audit trail. Refuses (Denied) whoever may not export, and
    (Invalid) more rows than a workbook holds.
    """
    accounts.check(actor, Permission.EXPORT_CASES)
    return _export(_Wanted(path, kind, actor, _scope(actor, where)), progress)


def export_with_contacts(
    path: Path,
    *,
    kind: Format,
    user: User,
    purpose: str,
    where: Q | None = None,
    progress: Progress = lambda _n: None,
) -> int:
    """As `export`, with name, phone, e-mail and address of the people.

    Every person whose data are written finds on their own page who took them and for what. Refuses (Denied) whoever
    may not, and (Invalid) a purpose that says nothing. Confidential contacts come only to those who may know them.
    """
    accounts.check(user, Permission.EXPORT_CASES)
    accounts.check(user, Permission.EXPORT_CONTACTS)
    people.check_purpose(purpose)
    return _export(_Wanted(path, kind, user, _scope(user, where), purpose), progress)


def count(where: Q, *, actor: accounts.Actor) -> int:
    """How many cases an export of the actor would hold."""
    return exports.count(_scope(actor, where))


@dataclass(frozen=True)
class _Wanted:
    path: Path
    kind: Format
    actor: accounts.Actor
    where: Q
    purpose: str = ""

    @property
    def columns(self) -> tuple[Field, ...]:
        return (*COLUMNS, *CONTACT) if self.purpose else COLUMNS


def _scope(actor: accounts.Actor, where: Q | None) -> Q:
    own = Q() if actor == "system" else permissions.exportable(actor)
    return own & (where or Q())


def _export(wanted: _Wanted, progress: Progress) -> int:
    total = exports.count(wanted.where)
    if wanted.kind is Format.XLSX and total > MOST_XLSX_ROWS:
        message = _(
            "A workbook holds %(most)d rows; these are %(count)d. Choose CSV or Parquet, or fewer cases."
        )
        raise Invalid(message % {"most": MOST_XLSX_ROWS, "count": total})
    names = _Names()
    # One transaction: the file holds one moment, and whoever took contact data is on record or has no file.
    with (
        tempfile.TemporaryDirectory(dir=wanted.path.parent, prefix=".export-") as folder,
        transaction.atomic(),
    ):
        draft = Path(folder) / "file"
        columns = [own.value for own in wanted.columns]
        done = 0
        with open_writer(draft, kind=wanted.kind, columns=columns) as writer:
            for chunk in exports.chunks(wanted.where):
                _write(writer, chunk, wanted, names)
                done += len(chunk)
                progress(done)
        _record(wanted, done)
        draft.chmod(0o600)
        draft.replace(wanted.path)
    return done


def _write(writer: Writer, chunk: list[dict[str, Any]], wanted: _Wanted, names: _Names) -> None:
    clear = _revealed(chunk, wanted) if wanted.purpose else {}
    blank = ("",) * len(CONTACT)
    rows = []
    for row in chunk:
        cells = [_cell(own, row, names) for own in COLUMNS]
        rows.append([*cells, *clear.get(row["contact_id"], blank)] if wanted.purpose else cells)
    writer.write(rows)


def _cell(own: Field, row: dict[str, Any], names: _Names) -> Any:
    if own in _PLAIN:
        value = row[_PLAIN[own]]
        if own.value.endswith("_at") and value is not None:
            return timezone.localtime(value)
        return value if value is not None or own in {F.LAT, F.LON} or own.value.endswith("_at") else ""
    if own is F.SOURCE:
        return row["source"] or own_source()
    if own is F.EXTERNAL_ID:
        return row["external_id"] or row["number"]
    if own is F.EXTRAS:
        extra = row["extra"] | ({"intake": row["intake"]} if row["intake"] else {})
        return json.dumps(extra, ensure_ascii=False, sort_keys=True) if extra else ""
    return names.service(row["service_id"]) if own is F.SERVICE else names.unit(row["unit_id"])


def _revealed(chunk: list[dict[str, Any]], wanted: _Wanted) -> _Clear:
    user = accounts.actor_user(wanted.actor)
    if user is None:
        raise Denied
    everything = accounts.has_permission(user, Permission.SEE_CONFIDENTIAL)
    hidden_from = permissions.own_and_above(user)
    numbers = {
        row["contact_id"]: row["number"]
        for row in chunk
        if row["contact_id"]
        and (everything or row["anonymity"] == Anonymity.OFFICE)
        and row["about_unit_id"] not in hidden_from
    }
    found = people.reveal_many(numbers, user=user, purpose=wanted.purpose)
    return {pk: (own.name, own.phone, own.email, own.address) for pk, own in found.items()}


def _record(wanted: _Wanted, done: int) -> None:
    audit.record(
        "cases.export_with_contacts" if wanted.purpose else "cases.export",
        actor=accounts.actor_name(wanted.actor),
        subject=f"export:{uuid.uuid4().hex[:12]}",
        why=wanted.purpose,
        data={"cases": done, "format": wanted.kind.value},
    )


class _Names:
    """Names of services and units in the installation's language, as an import finds them again."""

    def __init__(self) -> None:
        self._units = {
            unit.pk: catalogue.localised(unit.names, settings.LANGUAGE_CODE) for unit in organisations.units()
        }
        self._services = {pk: " > ".join(path) for pk, path in self._paths().items()}

    def service(self, pk: int | None) -> str:
        """The path of a service: "Roads > Pothole"; empty for none."""
        return self._services.get(pk or 0, "")

    def unit(self, pk: int | None) -> str:
        """The name of a unit; empty for none."""
        return self._units.get(pk or 0, "")

    @staticmethod
    def _paths() -> dict[int, Sequence[str]]:
        rows = {row.pk: row for row in catalogue.all_services()}
        found: dict[int, Sequence[str]] = {}
        for pk in rows:
            path: list[str] = []
            above: int | None = pk
            while above is not None and above in rows and len(path) < 9:
                version = rows[above].current
                path.insert(
                    0, catalogue.localised(version.public_names, settings.LANGUAGE_CODE) if version else ""
                )
                above = rows[above].parent_id
            found[pk] = path
        return found
