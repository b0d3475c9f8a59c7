"""The one text pipeline of search, triage and duplicate finding.

NFKC → Traditional to Simplified (OpenCC t2s) → lower case → words. A run of Chinese characters gives its
words (rjieba, search mode) and its character 2-grams, so a hit never hangs on where a segmenter put its cuts;
any other word is stemmed. The untouched text is what is stored and shown; nothing here is meant for human
eyes.

No function here raises on any ``str``: lone surrogates, NUL and other control characters become spaces,
invisible format characters vanish. Time grows linearly with the length of the text.
"""

import functools
import itertools
import operator
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import opencc
import snowballstemmer

PIPELINE_VERSION = 1
"""Raise by one whenever the same text would give different tokens: stored search documents and models name
it."""

MAX_WORD = 64
"""Characters of one non-Chinese word that are kept; longer ones are not words."""

MAX_DOCUMENT_BYTES = 400_000
"""UTF-8 bytes of distinct tokens in one search document; PostgreSQL refuses a tsvector above 1 MiB."""

MAX_CHARACTERS = 2_000_000
"""Characters of a normalised text that are looked at (one ligature can unfold into eighteen letters)."""

_LAST = 16_383  # the highest position that PostgreSQL keeps
_ELSEWHERE = "\t"  # stands for words of other scripts while Chinese ones are cut
_SHORT = 2_000
_PLACES = tuple(f":{place} " for place in range(1, _SHORT + 1))
_MAX_MARKS = 8
MARK = "~"
"""What a mark in a search vector begins with; no token of a text holds it."""
_ROUNDS = 6

CJK = "㐀-䶿一-鿿豈-﫿々〇ぁ-ヿㇰ-ㇿ가-힣ᄀ-ᇿ\U00020000-\U000323af"
"""Scripts written without spaces between words, or (Hangul) best searched as such, as a regular-expression
class."""


class Unit(NamedTuple):
    """One indexed piece: a character pair, the last character of a run, or a stemmed word."""

    token: str
    position: int
    is_cjk: bool


class Run(NamedTuple):
    """A stretch of one kind of script in normalised text."""

    text: str
    start: int
    is_cjk: bool


def _marks() -> str:
    """Give the combining marks as regular-expression ranges; all lie below U+1EA00 or in U+E0100–U+E01EF."""
    found = [point for point in range(0x300, 0x1EA00) if unicodedata.category(chr(point)).startswith("M")]
    ranges: list[list[int]] = []
    for point in found:
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges) + "\U000e0100-\U000e01ef"


_MARKS = _marks()
_TOO_MANY_MARKS = re.compile(f"([{_MARKS}]{{{_MAX_MARKS}}})[{_MARKS}]+")
# Zero-width and direction characters, soft hyphen, variation selectors, byte order mark, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufff0-\uffff\\s]+")
_RUN = re.compile(f"(?P<cjk>[{CJK}]+)|(?P<word>(?:(?![{CJK}])[^\\W_])(?:(?![{CJK}])[^\\W_]|[{_MARKS}])*)")
# ASCII, Latin letters, everyday punctuation, Chinese characters and full-width forms: nothing here is a combining
# mark or invisible, or folds into something that folds again.
_ORDINARY = re.compile("[\t\n\r -~¡-§©«-¬®±·»¿-ÿ‐-‟…、-】〔-〛一-鿿！-～]*")
# What NFKC changes in ordinary texts: nearly always the punctuation, which is quicker said one by one.
_PUNCTUATION = tuple((wide, unicodedata.normalize("NFKC", wide)) for wide in "，：！？（）；")
_COMPATIBLE = re.compile("[‑‗´¸¼-¾ª²³¹º…！-～]")
_HAN_PAIR = re.compile("[一-鿿]{2}")
# Of these characters every letter or digit belongs to a `_PLAIN_RUN`.
_PLAIN = re.compile("[ -~·‘-”…、。〈-】〔〕一-鿿]*")
_PLAIN_RUN = re.compile("[一-鿿]+|[a-z0-9]+")
_SIMPLIFIED = opencc.OpenCC("t2s")
# One word has one stem whatever language surrounds it, or a one-word query would miss its own text.
_STEMMERS = (snowballstemmer.stemmer("english"), snowballstemmer.stemmer("german"))


def simplified(text: str) -> str:
    """Traditional characters as Simplified ones, repeated until nothing changes.

    Lone surrogates are not allowed.
    """
    for _ in range(_ROUNDS):
        changed: str = _SIMPLIFIED.convert(text)
        if changed == text:
            break
        text = changed
    return text


def _folded(text: str) -> str:
    """Compatibility forms, case, invisible and control characters levelled."""
    text = _TOO_MANY_MARKS.sub(r"\1", text)
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])[:MAX_CHARACTERS].lower()
    text = _INVISIBLE.sub("", text)
    return _CONTROL.sub(" ", text)[:MAX_CHARACTERS].strip()


def normalise(text: str) -> str:
    """Return the text as it is compared: NFKC, Simplified, lower case, single spaces.

    Idempotent, and the same for a text and its Simplified form. Never raises.
    """
    if _ORDINARY.fullmatch(text) and len(text) < MAX_CHARACTERS:
        # Nearly every real text: one round is enough, as the tests prove against the rounds below.
        return simplified(" ".join(_narrow(text).lower().split()))
    return _normalise_by_rounds(text)


def _narrow(ordinary: str) -> str:
    """NFKC of an ordinary text."""
    for wide, narrow in _PUNCTUATION:
        ordinary = ordinary.replace(wide, narrow)
    return unicodedata.normalize("NFKC", ordinary) if _COMPATIBLE.search(ordinary) else ordinary


def _normalise_by_rounds(text: str) -> str:
    for _ in range(_ROUNDS):
        folded = _folded(text)
        changed = simplified(folded)
        # Nothing was converted and nothing is left to fold: the next round would say the same.
        if changed == text or (changed == folded and _is_plain(folded)):
            return changed
        text = changed
    return text


def _is_plain(folded: str) -> bool:
    return (
        unicodedata.is_normalized("NFKC", folded)
        and folded == folded.lower()
        and not _TOO_MANY_MARKS.search(folded)
    )


def runs(normalised: str) -> Iterator[Run]:
    """Stretches of Chinese characters and other words, in order, of a text that went through `normalise`."""
    for match in _RUN.finditer(normalised):
        yield Run(match.group(), match.start(), match.lastgroup == "cjk")


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the stem of one lower-case word of any alphabetic script; words with digits stay as they are."""
    word = word[:MAX_WORD]
    if not word.isalpha():
        return word
    for stemmer in _STEMMERS:
        word = stemmer.stemWord(word)
    return word


def words(normalised: str) -> list[str]:
    """Words in search mode (a long Chinese word also gives the short ones in it), without pairs."""
    import rjieba  # noqa: PLC0415 -- 33 MB of words, which a process that only writes search documents does without

    parts: list[str] = []
    others: list[list[str]] = []
    for match in _RUN.finditer(normalised):
        if match.lastgroup == "cjk":
            parts.append(match.group())
        elif parts and parts[-1] == _ELSEWHERE:
            others[-1].append(stem(match.group()))
        else:
            parts.append(_ELSEWHERE)
            others.append([stem(match.group())])
    # One call for all runs: the segmenter never looks across a line.
    cut: list[str] = [word for word in rjieba.cut_for_search("\n".join(parts)) if word != "\n"]
    found: list[str] = []
    start = 0
    for stems in others:
        end = cut.index(_ELSEWHERE, start)
        found += cut[start:end]
        found += stems
        start = end + 1
    return found + cut[start:]


def tokens(text: str) -> list[str]:
    """Return all tokens of a text: words, then the character pairs that are not words already counted.

    Order within each half follows the text. A pair that equals a two-character word is given once per
    occurrence.
    """
    normalised = normalise(text)
    found = words(normalised)
    known = {token for token in found if len(token) == 2}
    for run in runs(normalised):
        if run.is_cjk:
            found += [pair for pair in map(operator.add, run.text, run.text[1:]) if pair not in known]
    return found


def is_word(token: str) -> bool:
    """Whether a token of the index is a word: a pair of Chinese characters only if the dictionary has it."""
    import rjieba  # noqa: PLC0415 -- as in `words`

    return not _HAN_PAIR.fullmatch(token) or token in rjieba.cut_all(token)


def units(normalised: str) -> Iterator[Unit]:
    """Positioned pieces of a normalised text: what exact phrases are matched on.

    A run of n Chinese characters takes n positions: its n−1 pairs, then its last character; any other word
    takes one. Punctuation and spaces take none, so a phrase matches across them.
    """
    position = 0
    for run in runs(normalised):
        if not run.is_cjk:
            yield Unit(stem(run.text), position, is_cjk=False)
            position += 1
            continue
        for index in range(len(run.text)):
            yield Unit(run.text[index : index + 2], position, is_cjk=True)
            position += 1


def search_document(text: str) -> str:
    """Return the tokens to index, separated by spaces, for PostgreSQL's ``to_tsvector('simple', …)``.

    The n-th token stands at position n of `units`, so phrase queries of `huiyin.engines.text.query` work on
    it. Tokens hold only letters, digits and marks. At most `MAX_DOCUMENT_BYTES` of distinct tokens: the rest
    of a longer text is not indexed.
    """
    return " ".join(_document_tokens(normalise(text)))


def search_vector(text: str, *, marks: Iterable[str] = ()) -> str:
    """Return the same document as a literal to cast with ``%s::tsvector``: no database parser comes between.

    PostgreSQL keeps positions up to 16,383 and 256 of them per token; beyond that a phrase is not found, its
    words are. `marks` are of letters and digits and found by `mark`; nothing that a person types finds them.
    """
    normalised = normalise(text)
    words = _vector(normalised)
    return " ".join([*filter(None, [words]), *map(mark, marks)])


def _vector(normalised: str) -> str:
    """The tokens of a normalised text with their positions."""
    if len(normalised) <= _SHORT and _PLAIN.fullmatch(normalised):
        return _plain_vector(normalised)
    found = _document_tokens(normalised)
    if len(found) <= _SHORT:
        # PostgreSQL gathers the positions of a token that is named twice; it does so quicker than we would.
        return "".join(itertools.chain.from_iterable(zip(found, _PLACES, strict=False)))[:-1]
    places: dict[str, list[int]] = {}
    for position, token in enumerate(found, start=1):
        places.setdefault(token, []).append(position)
    return " ".join([f"{token}:{_positions(at)}" for token, at in places.items()])


def mark(name: str) -> str:
    """Return the token of a mark, as it stands in search vectors and queries."""
    return f"'{MARK}{name}'"


def _plain_vector(normalised: str) -> str:
    """The literal of a short text of plain characters, put together by slices: importing waits for this."""
    first: list[str] = []
    second: list[str] = []
    for run in _PLAIN_RUN.findall(normalised):
        if run[0] < "一":
            first.append(stem(run))
        else:
            first += run
            second += run[1:]
        second.append("")
    size = len(first)
    pieces = [""] * (3 * size)
    pieces[::3], pieces[1::3], pieces[2::3] = first, second, _PLACES[:size]
    return "".join(pieces)[:-1]


def _positions(at: list[int]) -> str:
    return ",".join(map(str, dict.fromkeys(min(position, _LAST) for position in at[:256])))


def _document_tokens(normalised: str) -> list[str]:
    """The tokens of `search_document`, in order."""
    kept: list[str] = []
    for match in _RUN.finditer(normalised):
        run = match.group()
        if match.lastgroup == "cjk":
            # The pairs and the last character, as `units` gives them one by one.
            kept += map(operator.add, run[:-1], run[1:])
            kept.append(run[-1])
        else:
            kept.append(stem(run))
    if len(normalised.encode()) * 2 <= MAX_DOCUMENT_BYTES:
        return kept
    seen: set[str] = set()
    size = 0
    for count, token in enumerate(kept):
        if token not in seen:
            seen.add(token)
            size += len(token.encode())
        if size > MAX_DOCUMENT_BYTES:
            return kept[:count]
    return kept
