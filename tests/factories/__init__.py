"""Small believable objects for tests; every value can be overridden."""

import itertools
from typing import Any

from huiyin.accounts.enums import Role
from huiyin.accounts.models import Membership, User
from huiyin.cases.operations import intake
from huiyin.catalogue.models import Channel, Service, ServiceVersion
from huiyin.organisations.models import Unit

_serial = itertools.count(1)


def unit(**given: Any) -> Unit:
    number = next(_serial)
    return Unit.objects.create(
        **{"code": f"unit-{number}", "names": {"zh-hans": f"第{number}科", "en": f"Unit {number}"}} | given
    )


def user(*roles: tuple[Role, Unit | None], **given: Any) -> User:
    number = next(_serial)
    made = User.objects.create(**{"username": f"user{number}", "name": f"职员{number}"} | given)
    for role, where in roles:
        Membership.objects.create(user=made, role=role, unit_id=where.pk if where else None)
    return made


def channel(code: str = "web", **given: Any) -> Channel:
    made, _new = Channel.objects.get_or_create(
        code=code, defaults={"names": {"zh-hans": code, "en": code.title()}, "at_desk": code != "web"} | given
    )
    return made


def service(
    *, unit: Unit | None = None, code: str = "", parent: Service | None = None, **given: Any
) -> Service:
    """A service with its first version; `given` goes to the version."""
    made = Service.objects.create(code=code or f"service-{next(_serial)}", parent=parent)
    version = ServiceVersion.objects.create(
        **{
            "service": made,
            "number": 1,
            "unit": unit,
            "public_names": {"zh-hans": "路灯", "en": "Street light"},
        }
        | given
    )
    made.current = version
    made.save()
    return made


def filed(**given: Any) -> intake.Filed:
    """A case as the intake stores it, with its secret."""
    where = given.pop("unit", None)
    if "version" not in given:
        given["version"] = service(unit=where or unit()).current
    given.setdefault("channel", channel())
    return intake.create(intake.NewCase(**{"text": "路灯坏了三天，晚上看不见路。"} | given))


def case(**given: Any) -> Any:
    return filed(**given).case
