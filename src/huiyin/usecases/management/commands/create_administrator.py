"""`huiyin create_administrator NAME`: the first user of an installation, with a password that is printed once."""

import getpass
import secrets
import sys
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from huiyin.accounts import operations as accounts
from huiyin.accounts.enums import Role
from huiyin.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Create a user with the administrator's role; asks for a password, or makes one where nobody can type."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="name shown to colleagues (default: the user name)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create user and role together, or nothing."""
        username, name = options["username"], options["name"] or options["username"]
        typed = getpass.getpass("Password (at least 12 characters): ") if sys.stdin.isatty() else ""
        password = typed or secrets.token_urlsafe(15)
        try:
            with transaction.atomic():
                user = accounts.create_user(username, name=name, password=password, actor="system")
                accounts.give_role(user, role=Role.ADMINISTRATOR, unit_id=None, actor="system")
        except Refusal as refused:
            raise CommandError(str(refused.message)) from refused
        self.stdout.write(f"Administrator {username} created.")
        if not typed:
            self.stdout.write(f"Password, shown only here: {password}")
