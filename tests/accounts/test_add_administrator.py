"""The command that makes the first administrator."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from huiyin.accounts import queries
from huiyin.accounts.enums import Permission
from huiyin.accounts.models import User

pytestmark = pytest.mark.django_db


def test_the_first_administrator_gets_a_code_and_may_make_the_others():
    out = io.StringIO()
    call_command("add_administrator", "li.ming", name="李明", stdout=out)
    user = User.objects.get(username="li.ming")
    assert queries.has_permission(user, Permission.MANAGE_USERS)
    code = re.search(r"code (\S+) and", out.getvalue())[1]
    assert user.check_password(code)


def test_a_taken_name_is_refused_and_nothing_is_written():
    call_command("add_administrator", "li.ming", stdout=io.StringIO())
    with pytest.raises(CommandError, match="taken"):
        call_command("add_administrator", "li.ming", stdout=io.StringIO())
    assert User.objects.count() == 1
