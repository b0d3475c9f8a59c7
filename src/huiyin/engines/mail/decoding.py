"""Bytes of mails into text. What a mail says of its encoding is often wrong; Chinese mails more than others."""

import codecs
import email.header
import re
from email.errors import HeaderParseError

# What is called by the smaller name uses letters of the larger one: GB 2312 has no 镕, Big5 no 喆.
LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs",
          "x-x-big5": "big5hkscs", "ks_c_5601-1987": "cp949", "iso-8859-1": "cp1252", "us-ascii": "utf-8",
          "ascii": "utf-8"}  # fmt: skip
GUESSES = ("utf-8", "gb18030", "big5hkscs")
# RFC 2047 forbids it, and many do it: encoded words without blanks between them and the text around.
_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")


def text(raw: bytes, charset: str | None) -> str:
    """The text: by the named encoding, else by the first that fits, else with signs for what cannot be read."""
    name = (charset or "").strip().strip("'\"").lower()
    for own in (LARGER.get(name, name), *GUESSES):
        if not own:
            continue
        try:
            return raw.decode(codecs.lookup(own).name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return raw.decode(LARGER.get(name, "utf-8") if name in LARGER else "utf-8", "replace")


def header(value: object, *, longest: int = 1_000) -> str:
    """A header as people read it, on one line: encoded words, raw bytes of any encoding, and half of both."""
    raw = str(value or "")[: longest * 8]
    if any("\ud800" <= ch <= "\udfff" for ch in raw):
        # Raw bytes, which the parser kept as surrogates.
        raw = text(raw.encode("utf-8", "surrogateescape"), None)
    spaced = _WORD.sub(lambda found: f" {found[0]} ", raw)
    try:
        pieces = email.header.decode_header(spaced)
        joined = _joined(pieces)
    except (HeaderParseError, ValueError, LookupError):
        joined = raw
    clean = joined.replace("\x00", "").encode("utf-8", "replace").decode()
    return " ".join(clean.split())[:longest]


def _joined(pieces: list[tuple[bytes | str, str | None]]) -> str:
    """Neighbours of one encoding are one text: a letter may be cut in two by the end of an encoded word."""
    found: list[tuple[bytes, str | None]] = []
    for piece, charset in pieces:
        raw = piece.encode("utf-8", "surrogateescape") if isinstance(piece, str) else piece
        if found and found[-1][1] == charset and charset is not None:
            found[-1] = (found[-1][0] + raw, charset)
        else:
            found.append((raw, charset))
    return "".join(text(raw, charset) for raw, charset in found)
