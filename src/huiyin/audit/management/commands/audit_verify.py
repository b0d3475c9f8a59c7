"""The command `audit_verify` asks whether the trail is as it was written, and the log as it was signed."""

import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.audit import queries


class Command(BaseCommand):
    help = (
        "Find every changed, removed or reordered record in the audit trail and the public log, and say which. "
        "The last line is JSON; the exit code is 1 if anything is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--former-key",
            action="append",
            default=[],
            metavar="HEX",
            help="public key that signed earlier tree heads (may be given several times)",
        )

    def handle(self, *args: str, **options: list[str]) -> None:
        try:
            former = tuple(bytes.fromhex(key) for key in options["former_key"])
        except ValueError as error:
            raise CommandError("--former-key must be a public key in hexadecimal.") from error
        findings = queries.verify(former_keys=former)
        for line in (*findings.warnings, *(trouble.text for trouble in findings.troubles)):
            self.stdout.write(line)
        told = {"ok": findings.found == 0, **asdict(findings), "pending": queries.pending()}
        self.stdout.write(json.dumps(told, ensure_ascii=False))
        if findings.found:
            raise SystemExit(1)
