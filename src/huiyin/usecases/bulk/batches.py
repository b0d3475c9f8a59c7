"""One batch of rows: looked up, converted, stored in one transaction. It is in, or it is not."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from huiyin.accounts import queries as accounts
from huiyin.cases.operations import bulk
from huiyin.cases.queries import imports
from huiyin.organisations import queries as organisations
from huiyin.organisations.enums import SettingKey
from huiyin.people import operations as people
from huiyin.usecases.bulk import directory
from huiyin.usecases.bulk.guard import unguarded
from huiyin.usecases.bulk.mapping import own_source
from huiyin.usecases.bulk.plan import Fault, Outcome, Plan, RawRow
from huiyin.usecases.bulk.rows import Converted, Converter

_ATTEMPTS = 5


class Importer:
    """Imports batches of one file; keeps the directory between them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        directory.ensure_channel()
        self.converter = Converter(
            mapping=plan.mapping,
            directory=directory.load(),
            longest_text=int(organisations.setting(SettingKey.TEXT_MAX_CHARACTERS)),
            silence=timedelta(days=int(organisations.setting(SettingKey.CLOSE_AFTER_SILENCE_DAYS))),
            language=plan.mapping.language or settings.LANGUAGE_CODE,
        )

    def run(self, rows: Sequence[RawRow]) -> Outcome:
        """Import these rows in one transaction. What somebody else imports at the same moment is unchanged."""
        for attempt in range(_ATTEMPTS):
            try:
                return self._run(rows)
            except (IntegrityError, OperationalError):
                # Another import was faster with the same rows (or both waited for each other): look again.
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError

    def _run(self, rows: Sequence[RawRow]) -> Outcome:
        outcome = Outcome(read=len(rows))
        if self.plan.mapping.is_guarded:
            rows = [(number, [unguarded(cell) for cell in cells]) for number, cells in rows]
        fresh = self._fresh(rows)
        outcome.unchanged = len(rows) - len(fresh)
        converted = self._converted(fresh, outcome)
        outcome.accepted = len(converted)
        if self.plan.is_rehearsal or not converted:
            return outcome
        with transaction.atomic():
            self._keep_contacts(converted)
            bulk.store(
                [row.case for row in converted],
                actor=accounts.actor_name(self.plan.actor) if self.plan.user_id else "system",
                subject=f"import:{self.plan.run}",
            )
        return outcome

    def _fresh(self, rows: Sequence[RawRow]) -> list[RawRow]:
        """Rows that are no case yet, each id once."""
        mapping = self.plan.mapping
        by_source: dict[str, dict[str, RawRow]] = {}
        for number, cells in rows:
            ids = by_source.setdefault(mapping.row_source(cells), {})
            ids.setdefault(mapping.external_id(cells), (number, cells))
        fresh: list[RawRow] = []
        for source, ids in by_source.items():
            there = imports.known(source, list(ids))
            if source == own_source():
                there |= imports.known_numbers(list(ids))
            fresh += [row for key, row in ids.items() if key not in there]
        return sorted(fresh, key=lambda row: row[0])

    def _converted(self, rows: Sequence[RawRow], outcome: Outcome) -> list[Converted]:
        found = [self.converter.convert(number, cells) for number, cells in rows]
        if self._create_missing([row for row in found if isinstance(row, Converted)]):
            found = [self.converter.convert(number, cells) for number, cells in rows]
        outcome.faults = [row for row in found if isinstance(row, Fault)]
        return [row for row in found if isinstance(row, Converted)]

    def _create_missing(self, rows: Sequence[Converted]) -> bool:
        """Create units and services that nobody knew, where told to; whether there were any."""
        plan = self.plan
        units = {row.unit_name for row in rows if row.unit_name} if plan.creates_units else set()
        services = {row.service_name for row in rows if row.service_name} if plan.creates_services else set()
        channels = {row.channel_name for row in rows if row.channel_name} if self._brings_channels else set()
        if plan.is_rehearsal or not (units or services or channels):
            return False
        language = self.converter.language
        directory.create_units(units, language=language, actor=plan.actor)
        directory.create_services(services, language=language, actor=plan.actor)
        directory.create_channels(channels, language=language)
        self.converter.directory = directory.load()
        return True

    @property
    def _brings_channels(self) -> bool:
        """Only an export of ours names channels by codes that can become channels here."""
        return self.plan.creates_services and self.plan.mapping.is_guarded

    def _keep_contacts(self, rows: Sequence[Converted]) -> None:
        given = [row for row in rows if row.contact]
        ids = people.create_contacts([row.contact for row in given if row.contact])
        for row, pk in zip(given, ids, strict=True):
            row.case.contact_id = pk
