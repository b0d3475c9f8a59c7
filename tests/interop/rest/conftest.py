"""Programs with keys, and a client that speaks JSON."""

import itertools
import json
from typing import Any

import pytest
from django.test import Client

from huiyin.accounts.enums import Role, Scope
from huiyin.accounts.operations import programs
from tests import factories

_serial = itertools.count(1)


class Program:
    """A program with its key; answers are Django's, with `.data` for what they say."""

    def __init__(self, *scopes: Scope, role: Role | None = None, unit: Any = None, **terms: Any) -> None:
        self.row, self.key = programs.create(
            programs.Terms(
                name=f"Program {next(_serial)}",
                scopes=frozenset(scopes or Scope),
                role=role or (Role.DISPATCHER if not scopes or set(scopes) - {Scope.FILE_CASES} else None),
                unit_id=unit.pk if unit else None,
                **{"per_minute": 100_000} | terms,
            ),
            actor="system",
        )
        self.client = Client(headers={"authorization": f"Bearer {self.key}", "accept-language": "en"})

    def get(self, path: str, **headers: str) -> Any:
        return _read(self.client.get(f"/api/v1{path}", headers=_named(headers)))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        answer = self.client.post(
            f"/api/v1{path}", text, content_type="application/json", headers=_named(headers)
        )
        return _read(answer)

    def send(self, upload: Any, **headers: str) -> Any:
        return _read(self.client.post("/api/v1/files", {"file": upload}, headers=_named(headers)))


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _read(answer: Any) -> Any:
    answer.data = json.loads(answer.content) if answer.content else None
    return answer


@pytest.fixture
def program(db: None) -> Program:
    """A program that may everything a dispatcher may."""
    factories.channel("api")
    return Program()


@pytest.fixture
def officer(db: None) -> Program:
    """A program that works in one unit; `.unit` is that unit."""
    unit = factories.unit()
    found = Program(Scope.READ_CASES, Scope.WORK_ON_CASES, role=Role.OFFICER, unit=unit)
    found.unit = unit
    return found
