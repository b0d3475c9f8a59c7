"""Recognises text that was read with the wrong encoding, and mends it where only one reading is possible.

Certain are repairs that lose nothing: every byte is accounted for and the result is valid in a strict encoding that
ordinary text satisfies by accident hardly ever. Whatever is only likely, or lost for good (锟斤拷), is marked and
left as it is. The original is the caller's to keep.
"""

import dataclasses
import enum
import html
import re


class Cause(enum.StrEnum):
    """How a text was damaged."""

    HTML_ENTITIES = "html_entities"
    UTF8_AS_LATIN = "utf8_as_latin"
    GBK_AS_LATIN = "gbk_as_latin"
    UTF8_AS_GBK = "utf8_as_gbk"
    REPLACED = "replaced"


class State(enum.StrEnum):
    """What came of it: nothing was wrong, it was mended, or it is damaged and stays so."""

    INTACT = "intact"
    REPAIRED = "repaired"
    DAMAGED = "damaged"


@dataclasses.dataclass(frozen=True)
class Repair:
    """The text to use, its state, and the cause where there was one (of several the last mended)."""

    text: str
    state: State
    cause: Cause | None = None


MAX_CHARACTERS = 200_000
"""Longer texts are judged by their beginning and, if that is damaged, marked and not mended."""

_ROUNDS = 3
_LATIN_CODECS = ("latin-1", "cp1252", "cp1254")
_HAN = re.compile("[㐀-䶿一-鿿]")
_ENTITY = re.compile(r"&#(?:[0-9]{2,7}|[xX][0-9a-fA-F]{2,6});")
_HIGH_RUN = re.compile(r"[^\x00-\x7f]+")
# Characters of everyday Chinese whose bytes in GBK are no part of Chinese in UTF-8: text read wrongly has none of them.
# The commonest first: most texts are known after three of them.
_EVERYDAY = "的是在有我了人上请区们这能就个和也家"
_SHARE_OF_EVERYDAY = 25
_UTF8_LOOK = re.compile("[Â-ïğ][\u0080-¿‚-›Œœ-žŸ?]{1,3}")


def repair(text: str) -> Repair:
    """Return the text mended, marked, or as it is. Never raises."""
    if text.isascii() and not _ENTITY.search(text):
        return Repair(text, State.INTACT)
    if _is_everyday(text):
        return Repair(text, State.INTACT)
    if len(text) > MAX_CHARACTERS:
        beginning = repair(text[:MAX_CHARACTERS])
        state = State.INTACT if beginning.state is State.INTACT else State.DAMAGED
        return Repair(text, state, beginning.cause)
    mended, cause = text, None
    for _ in range(_ROUNDS):
        found = _mend(mended)
        if not found:
            break
        mended, cause = found
    if suspected := _suspected(mended):
        return Repair(text, State.DAMAGED, suspected)
    return Repair(mended, State.REPAIRED, cause) if cause else Repair(text, State.INTACT)


def _is_everyday(text: str) -> bool:
    """Tell quickly that a text is ordinary Chinese, as nearly all are; the long way round would say the same."""
    wanted = len(text) / _SHARE_OF_EVERYDAY
    for sign in _EVERYDAY:
        wanted -= text.count(sign)
        if wanted <= 0:
            return "\ufffd" not in text and "锟" not in text and not _ENTITY.search(text)
    return False


def _mend(text: str) -> tuple[str, Cause] | None:
    """Undo one certain damage."""
    unescaped = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    if unescaped != text:
        return unescaped, Cause.HTML_ENTITIES
    for codec in _LATIN_CODECS:
        data = _bytes(text, codec)
        if data is None:
            continue
        if (decoded := _decoded(data, "utf-8")) and decoded != text:
            return decoded, Cause.UTF8_AS_LATIN
        if _even(text) and (decoded := _decoded(data, "gb2312")) and len(_HAN.findall(decoded)) > 1:
            return decoded, Cause.GBK_AS_LATIN
    decoded = _decoded(_bytes(text, "gbk") or b"", "utf-8") or ""
    # Two characters of GBK may be valid UTF-8 by accident (“联通” is); several three-byte ones are not.
    return (decoded, Cause.UTF8_AS_GBK) if len(_HAN.findall(decoded)) > 1 else None


def _suspected(text: str) -> Cause | None:
    """Tell what damage a text shows that cannot be undone with certainty."""
    if "\ufffd" in text or "锟斤" in text or "斤拷" in text or text.count("锟") > 1:
        return Cause.REPLACED
    if len(_UTF8_LOOK.findall(text)) > 1 and not _HAN.search(text):
        return Cause.UTF8_AS_LATIN
    return Cause.UTF8_AS_GBK if _looks_like_utf8_in_gbk(text) else None


def _looks_like_utf8_in_gbk(text: str) -> bool:
    """Tell whether most of the bytes of its Chinese would be Chinese again, read as UTF-8."""
    han = "".join(_HAN.findall(text))
    data = han.encode("gbk", errors="ignore")
    again = _HAN.findall(data.decode("utf-8", errors="ignore"))
    return len(data) >= 4 and len(again) * 3 >= len(data) * 0.6


def _bytes(text: str, codec: str) -> bytes | None:
    """Encode, taking control characters U+0080–U+009F as the bytes they stand for where the codec has none."""
    try:
        return text.encode(codec)
    except UnicodeEncodeError as error:
        if not "\x80" <= text[error.start] <= "\x9f":
            return None
    found = bytearray()
    for character in text:
        try:
            found += character.encode(codec)
        except UnicodeEncodeError:
            if not "\x80" <= character <= "\x9f":
                return None
            found.append(ord(character))
    return bytes(found)


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _even(text: str) -> bool:
    """Tell whether characters above ASCII come in pairs, at least two pairs, as bytes of GB 2312 do."""
    runs = [len(run) for run in _HIGH_RUN.findall(text)]
    return sum(runs) >= 4 and all(length % 2 == 0 for length in runs)
