"""Finds personal data in free text and proposes masks. It marks; a person decides.

Numbers are believed by their own arithmetic (check digit, Luhn) and form, names by the words before them
(`names`), addresses when they go down to the room. Offsets count characters of the text as given; full-width
and Traditional writing is understood.
"""

import enum
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from huiyin.engines.text import folding, identifiers, names


class Kind(enum.StrEnum):
    """What a span is, most specific first: of two that overlap the earlier here is kept."""

    ID_NUMBER = "id_number"
    EMAIL = "email"
    PLATE = "plate"
    BANK_CARD = "bank_card"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


class Span(NamedTuple):
    """Characters `start` up to and without `end`; `type` is a `Kind`."""

    start: int
    end: int
    type: Kind


MAX_CHARACTERS = 1_000_000
"""Characters that are searched; whoever publishes a longer text looks at the rest in pieces."""

_NUMBER = r"(?:[A-Za-z]?\d{1,4}[A-Za-z]?|[A-Za-z]|[一二三四五六七八九十]{1,3})"
_UNIT = rf"{_NUMBER}(?:单元|门洞|门|梯|区)[-—, ]?"
_FLOOR = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:楼|层)[-— ]?"
_ROOM = (
    r"(?:[A-Za-z]?\d{3,5}(?:室|房号?|号房?|户)?|(?:[A-Za-z]?\d{1,2}|[一二三四五六七八九十零〇]{1,4})(?:室|号房|号|房)"
    r")(?![\d年月日米元万平型多栋幢楼价])"
)
_TAIL = re.compile(
    rf"(?:{_NUMBER}(?:栋|幢|座|号楼|#楼|#)[-— ]?(?:{_UNIT})?(?:{_FLOOR})?{_ROOM}"
    rf"|{_UNIT}(?:{_FLOOR})?{_ROOM}"
    r"|(?<=[路街道巷弄里村段区苑园府城庭湾寓])\d{1,5}号?(?:[-—之]\d{1,4}号?)?[ ,]?"
    rf"(?:{_FLOOR})?[A-Za-z]?\d{{3,4}}(?:室|房(?!价))"
    rf"|(?<=[路街道巷弄段])\d{{1,5}}号(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})楼(?:之\d{{1,3}})?(?=[^\d一-鿿]|$)"
    r"|(?<=[苑园府城庭湾寓区里村期])\d{1,3}[-—]\d{1,2}[-—]\d{3,4}(?!\d))"
)
_HEAD = re.compile(r"[㐀-䶿一-鿿A-Za-z0-9]{0,30}$")
_HEAD_CUES = re.compile(
    r".*(?:家住|住址|现住|居住|住在|住于|地址[是为]?|位于|坐落[于在]|座落[于在]|我是|本人是?|本人[系为]|关于|举报|投诉|购买了?|房屋[为是]"
    r"|[在住于对将把为是])"
)


def find(text: str) -> list[Span]:
    """Return all spans of personal data, in order and without overlap. Never raises."""
    folded = folding.same_length(text[:MAX_CHARACTERS])
    found: list[Span] = []
    for kind in Kind:
        found.extend(Span(start, end, kind) for start, end in _FINDERS[kind](folded))
    rank = {kind: index for index, kind in enumerate(Kind)}
    taken: list[Span] = []
    last = bytearray(len(folded))
    for span in sorted(found, key=lambda span: (rank[span.type], span.start, -span.end)):
        if not any(last[span.start : span.end]):
            last[span.start : span.end] = b"\x01" * (span.end - span.start)
            taken.append(span)
    return sorted(taken)


def mask(text: str, spans: Iterable[Span]) -> str:
    """Return the text with each span masked in the customary way, of the same length.

    Kept are: a phone's first three and last four digits, a card's last four, a plate's first two characters,
    a surname, the domain of an e-mail address, an address up to the building. Everything else becomes
    asterisks.
    """
    pieces: list[str] = []
    position = 0
    for span in sorted(spans):
        if span.start < position:
            continue
        pieces.extend((text[position : span.start], _masked(text[span.start : span.end], span.type)))
        position = span.end
    return "".join((*pieces, text[position:]))


def _masked(value: str, kind: Kind) -> str:
    first, last = _KEPT[kind](value)
    hidden = "".join("*" if c.isalnum() else c for c in value[first : len(value) - last])
    return value[:first] + hidden + value[len(value) - last :]


def _kept_address(value: str) -> tuple[int, int]:
    tail = _TAIL.search(folding.same_length(value))
    return (tail.start() if tail else 0), 0


_KEPT: dict[Kind, Callable[[str], tuple[int, int]]] = {
    Kind.ID_NUMBER: lambda _: (0, 0),
    Kind.EMAIL: lambda value: (1, len(value) - max(value.find("@"), value.find("＠"), 1)),
    Kind.PLATE: lambda _: (2, 0),
    Kind.BANK_CARD: lambda _: (0, 4),
    Kind.PHONE: lambda _: (3, 4),
    Kind.ADDRESS: _kept_address,
    Kind.NAME: lambda value: (2 if len(value) > 3 else 1, 0),
}


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for match in _TAIL.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        head = _HEAD.search(before)
        start = match.start() - len(head[0] if head else "")
        if head and (cue := _HEAD_CUES.match(head[0])):
            start += cue.end()
        yield start, match.end()


_FINDERS: dict[Kind, Callable[[str], Iterable[tuple[int, int]]]] = {
    Kind.ID_NUMBER: identifiers.id_numbers,
    Kind.EMAIL: identifiers.emails,
    Kind.PLATE: identifiers.plates,
    Kind.BANK_CARD: identifiers.bank_cards,
    Kind.PHONE: lambda text: itertools.chain(identifiers.mobiles(text), identifiers.landlines(text)),
    Kind.ADDRESS: _addresses,
    Kind.NAME: names.find,
}
