"""`huiyin receive_mail`: take in one mail from the standard input, or what is new in the mailbox."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.usecases import mail, mailbox

# What mail servers understand as "bring it again later" (sysexits.h).
LATER = 75


class Command(BaseCommand):
    help = """Take in a mail: without options the one on the standard input, as mail servers pipe it.

It becomes a case, joins the case that it answers, or is put aside (answers of machines, mails that came back).
Ends with 0 when it was dealt with, with 75 when it is to be brought again later."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--mailbox", action="store_true", help="read what is new in the mailbox of the settings"
        )

    def handle(self, *args: Any, mailbox: bool, **options: Any) -> None:
        """One mail, or the mailbox."""
        if mailbox:
            self._mailbox()
            return
        try:
            received = mail.receive(sys.stdin.buffer.read(mail.MOST_BYTES + 1))
        except Exception as fault:
            raise CommandError(f"Not now: {type(fault).__name__}", returncode=LATER) from fault
        self.stdout.write(" ".join(filter(None, [received.kind, received.number, received.reason])))

    def _mailbox(self) -> None:
        if not mailbox.is_set():
            raise CommandError("Set HUIYIN_IMAP_HOST and what belongs to it.")
        fetched = mailbox.fetch()
        self.stdout.write(f"taken in {fetched.taken}, refused {fetched.refused}, left {fetched.left}")
