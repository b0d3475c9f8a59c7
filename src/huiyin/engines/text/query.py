"""What a person typed into a search box, understood and compiled for PostgreSQL.

Words must all be there; ``"in quotes"`` means exactly this, side by side; ``-word`` means not this. A term of
letters and digits with dashes (a case number) is a phrase. Everyday equals (`variants`) stand for each other,
except inside quotes.
"""

import dataclasses
import itertools
import re
from collections.abc import Iterable, Sequence

import rjieba

from huiyin.engines.text import pipeline, variants

MAX_QUERY = 500
"""Characters of a query that are read."""

MAX_TERMS = 32

_QUOTES = '"“”„‟«»「」『』《》'
_TERM = re.compile(
    f"(?P<minus>[-−–—]?)(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}]|$)|(?P<plain>[^\\s{_QUOTES}]+))"
)
# Single characters that stand in nearly every text: they would only widen or empty a search.
_FILLERS = frozenset("的了是在和与及我你他她它有也都就不吗呢啊吧着到被把对从")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Term:
    """One thing asked for: any of `alternatives` will do, each being normalised text."""

    alternatives: tuple[str, ...]
    exact: bool
    excluded: bool

    def tsquery(self) -> str:
        """Return the term as a tsquery, or "" if nothing in it can be searched."""
        if self.exact:
            parts = [part for part in dict.fromkeys(map(_phrase, self.alternatives)) if part]
        else:
            parts = list(map(_all, _least(map(_lexemes, self.alternatives))))
        if not parts:
            return ""
        joined = parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"
        return f"!({joined})" if self.excluded else joined


@dataclasses.dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """A query as terms. `normalised` is the text they came from."""

    normalised: str
    terms: tuple[Term, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.excluded)

    @property
    def excluded(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.excluded)

    def tsquery(self) -> str:
        """Return text for ``%s::tsquery`` that wants every term; "" when there is nothing to search for.

        Lexemes are quoted, so whatever was typed cannot change the query's structure. Runs on documents of
        `pipeline.search_document` or `pipeline.search_vector`.
        """
        return _join(" & ", (term.tsquery() for term in self.terms))

    def relaxed_tsquery(self) -> str:
        """Return text for ``%s::tsquery`` that is content with any one wanted term; exclusions still hold."""
        wanted = _join(" | ", (term.tsquery() for term in self.wanted))
        return _join(" & ", [f"({wanted})" if wanted else "", *(term.tsquery() for term in self.excluded)])

    def highlights(self) -> tuple[str, ...]:
        """Normalised strings to mark in a normalised text, longest first."""
        found = {choice for term in self.wanted for choice in term.alternatives}
        return tuple(sorted(found, key=lambda text: (-len(text), text)))


def search_query(text: str) -> SearchQuery:
    """Understand what was typed.

    Never raises; at most `MAX_QUERY` characters and `MAX_TERMS` terms are read.
    """
    normalised = pipeline.normalise(text[:MAX_QUERY])
    terms: list[Term] = []
    for match in _TERM.finditer(normalised):
        excluded = bool(match["minus"])
        if match["phrase"] is not None:
            terms.append(Term(alternatives=(match["phrase"].strip(),), exact=True, excluded=excluded))
        else:
            terms.extend(_plain_terms(match["plain"], excluded=excluded))
    searchable = [term for term in terms if term.tsquery()]
    meaningful = [term for term in searchable if term.exact or term.alternatives[0] not in _FILLERS]
    return SearchQuery(normalised=normalised, terms=tuple((meaningful or searchable)[:MAX_TERMS]))


def _plain_terms(text: str, *, excluded: bool) -> list[Term]:
    """Terms of one unquoted word: case numbers stay whole; an excluded word excludes as a whole."""
    found = list(pipeline.runs(text))
    if len(found) > 1 and (excluded or not any(run.is_cjk for run in found)):
        return [Term(alternatives=(text,), exact=True, excluded=excluded)]
    terms: list[Term] = []
    for run in found:
        pieces = _pieces(run.text) if run.is_cjk and not excluded else [run.text]
        terms.extend(
            Term(alternatives=variants.BY_WORD.get(piece, (piece,)), exact=excluded, excluded=excluded)
            for piece in pieces
        )
    return terms


def _pieces(run: str) -> list[str]:
    """Words of a Chinese run, joined where several together are a known everyday word.

    Two characters typed alone are meant together, also where the dictionary does not know them: a name, for example.
    """
    if run in variants.BY_WORD or (len(run) == 2 and not _FILLERS.intersection(run)):
        return [run]
    pieces: list[str] = []
    cut: Sequence[str] = rjieba.cut(run)
    index = 0
    while index < len(cut):
        size = next((n for n in (3, 2) if "".join(cut[index : index + n]) in variants.BY_WORD), 1)
        pieces.append("".join(cut[index : index + size]))
        index += size
    return pieces


def _quoted(unit: pipeline.Unit) -> str:
    lexeme = unit.token.replace("\\", "\\\\").replace("'", "''")
    # A lone character is found at the head of every pair it begins, and as last character of a run.
    return f"'{lexeme}':*" if unit.is_cjk and len(unit.token) == 1 else f"'{lexeme}'"


def _searchable(text: str) -> list[pipeline.Unit]:
    """Units of a query text, without the last character of a run that a pair holds already."""
    found = list(pipeline.units(text))
    return [
        unit
        for index, unit in enumerate(found)
        if not (unit.is_cjk and len(unit.token) == 1 and index and _ends_with(found[index - 1], unit))
    ]


def _ends_with(pair: pipeline.Unit, last: pipeline.Unit) -> bool:
    return pair.is_cjk and len(pair.token) == 2 and pair.token[1] == last.token


def _lexemes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_quoted(unit) for unit in _searchable(text)))


def _least(choices: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out what wants more than another choice does: 噪音扰民 beside 噪音 costs time and finds nothing new."""
    found = [choice for choice in dict.fromkeys(choices) if choice]
    return [choice for choice in found if not any(set(other) < set(choice) for other in found)]


def _all(lexemes: Sequence[str]) -> str:
    return lexemes[0] if len(lexemes) == 1 else _parenthesised(" & ".join(lexemes))


def _phrase(text: str) -> str:
    found = _searchable(text)
    if not found:
        return ""
    query = _quoted(found[0])
    for before, unit in itertools.pairwise(found):
        query += f" <{unit.position - before.position}> {_quoted(unit)}"
    return query if len(found) == 1 else _parenthesised(query)


def _parenthesised(query: str) -> str:
    return f"({query})" if query else ""


def _join(operator: str, parts: Iterable[str]) -> str:
    return operator.join(part for part in parts if part)
