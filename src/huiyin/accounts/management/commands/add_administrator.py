"""`huiyin add_administrator NAME`: the first one, who then creates everybody else on the screens."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from huiyin.accounts import operations
from huiyin.accounts.enums import Role
from huiyin.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Create an administrator and print the one-time code for the first sign-in; it holds for a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="for signing in")
        parser.add_argument("--name", default="", help="as colleagues read it (default: the username)")
        parser.add_argument("--email", default="", help="for notices")

    def handle(self, *args: Any, username: str, name: str, email: str, **options: Any) -> None:
        """Write user, role and audit records in one transaction; a taken username is refused."""
        try:
            with transaction.atomic():
                user, code = operations.invite_user(
                    username, name=name or username, email=email, actor="system"
                )
                operations.give_role(user, role=Role.ADMINISTRATOR, unit_id=None, actor="system")
        except Refusal as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"{user.username} signs in with the code {code} and then chooses a password.")
