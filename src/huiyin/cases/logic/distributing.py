"""Which officer gets a new case: in turn, or whoever has the fewest open ones. Nothing else about people counts."""

from collections.abc import Mapping

from huiyin.cases.enums import Method


def choose(method: Method, open_cases: Mapping[int, int], *, last: int | None) -> int | None:
    """One of the officers in `open_cases` (number of open cases by id), or None where there is nobody.

    In turn means the next higher id after `last`, and from the beginning after the highest. Among those with equally
    few cases it is decided in turn too.
    """
    order = sorted(open_cases, key=lambda pk: (last is not None and pk <= last, pk))
    if method is Method.LOAD:
        order.sort(key=lambda pk: open_cases[pk])
    return order[0] if order else None
