"""Numbers and codes that name one person: found by their form, believed by their arithmetic.

All take a text that went through `folding.same_length` and give (start, end) pairs. Sources of the
arithmetic: GB 11643-1999 (ISO 7064 MOD 11-2) for mainland ID numbers, ISO/IEC 7812-1 (Luhn) for cards, the
household registration rules of Taiwan and the identity card rules of Hong Kong for theirs; plates by GA
36-2018.
"""

import re
from collections.abc import Iterator

_GAP = r"[-‐‑–—.· 　]"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER = "[A-HJ-NP-Za-hj-np-z]"
_CODE = "[A-HJ-NP-Za-hj-np-z0-9]"

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}[A-Za-z]{2,18}"
)
_MAINLAND_ID = re.compile(
    rf"(?<![\dA-Za-z])[1-9]\d{{5}}{_GAP}?(?:18|19|20)\d{{2}}{_GAP}?[01]\d{_GAP}?[0-3]\d{_GAP}?\d{{3}}[\dXx]"
    r"(?![\dA-Za-z])"
)
_OLD_ID = re.compile(
    r"身份证[^\d]{0,12}(?P<id>[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})(?!\d)"
)
_TAIWAN_ID = re.compile(r"(?<![A-Za-z\d])[A-Za-z][1289]\d{8}(?!\d)")
_HONG_KONG_ID = re.compile(r"(?<![A-Za-z\d])[A-Za-z]{1,2}\d{6} ?\([\dAa]\)")
_CARD = re.compile(rf"(?<![\dA-Za-z.])[34569]\d{{3}}(?:{_GAP}?\d{{4}}){{2,3}}(?:{_GAP}?\d{{1,4}})?(?!\d)")
_PLATE = re.compile(
    rf"[{_PROVINCES}] ?{_LETTER}[·•.\- ]?"
    rf"(?:[A-HJKa-hjk]{_CODE}\d{{4}}(?!{_CODE}{{2}})|\d{{5}}[A-HJKa-hjk](?!{_CODE}{{2}})"
    rf"|{_CODE}{{5}}(?!{_CODE}{{3}})|{_CODE}{{4}}[挂学警港澳领])"
)
_MOBILE = re.compile(
    rf"(?P<country>(?:\+|00)86{_GAP}?|\(\+?86\) ?|(?<!\d)86{_GAP}?)?"
    rf"(?P<number>1[3-9]\d(?:\d{{8}}|{_GAP}\d{{4}}{_GAP}\d{{4}}|{_GAP}\d{{8}}|{_GAP}\d{{3}}{_GAP}\d{{5}}|"
    rf"\d{_GAP}\d{{3}}{_GAP}\d{{4}}|"
    rf"\d{{4}}{_GAP}\d{{4}}|\d{{2}}{_GAP}\d{{6}}))(?!\d)"
)
_LATIN_CUE = re.compile(r"(?i:tel|phone|mobile|mob|dh|sj|wx|vx|v|qq)[.:]?$")
_MEASURE = re.compile(r"\.\d| ?(?:元|万|亿|%|平方|米|吨|户|千瓦|度|股)")
_LANDLINE = re.compile(
    rf"(?<![\dA-Za-z.])(?:\+86{_GAP}?|0086{_GAP}?)?\(?(?P<area>0?10|0?2[0-57-9]|0?[3-9]\d{{2}})\)?"
    r"[-–—－ )]{0,3}"
    r"(?P<local>[2-9]\d{2,3}[- ]?\d{4})(?:(?:转|-|ext\.?) ?\d{1,5})?(?!\d)"
)
_CUED_LOCAL = re.compile(
    r"(?:电话|座机|固话|手机|号码|致电|来电|传真|(?i:tel|telefon|phone|fax))[^\d\n]{0,6}"
    r"(?P<number>[2-9]\d{2,3}[- ]?\d{4})(?!\d)"
)
_TAIWAN_MOBILE = re.compile(r"(?<![\dA-Za-z.])(?:\+?886[- ]?9|09)\d{2}[- ]?\d{3}[- ]?\d{3}(?!\d)")
_TAIWAN_LANDLINE = re.compile(r"(?<![\dA-Za-z.])\(?0[2-8]\d?\)?[- ]\d{3,4}[- ]\d{4}(?!\d)")
_INTERNATIONAL = re.compile(
    r"(?<![\dA-Za-z.+])(?:\+|00)(?!86)[1-9]\d{0,2}(?:[-/ ()]{0,2}\d{2,5}){2,5}(?![\d.])"
)


def emails(text: str) -> Iterator[tuple[int, int]]:
    """E-mail addresses."""
    for match in _EMAIL.finditer(text):
        yield match.span()


def id_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Mainland (18 digits with check; 15 after the word), Taiwan and Hong Kong identity numbers."""
    for match in _MAINLAND_ID.finditer(text):
        if mainland_id_holds(_compact(match[0])):
            yield match.span()
    for match in _OLD_ID.finditer(text):
        yield match.span("id")
    for match in _TAIWAN_ID.finditer(text):
        if taiwan_id_holds(match[0].upper()):
            yield match.span()
    for match in _HONG_KONG_ID.finditer(text):
        if hong_kong_id_holds(_compact(match[0])):
            yield match.span()


def bank_cards(text: str) -> Iterator[tuple[int, int]]:
    """Card numbers of 13 to 19 digits, in groups or not, whose Luhn sum holds."""
    for match in _CARD.finditer(text):
        digits = _compact(match[0])
        if 13 <= len(digits) <= 19 and len(set(digits)) > 1 and luhn_holds(digits):
            yield match.span()


def plates(text: str) -> Iterator[tuple[int, int]]:
    """Mainland number plates, also of new-energy vehicles, trailers and cross-border ones."""
    for match in _PLATE.finditer(text):
        if sum(character.isdigit() for character in match[0]) >= 2:
            yield match.span()


def mobiles(text: str) -> Iterator[tuple[int, int]]:
    """Mobile numbers: mainland in any usual grouping, Taiwan, and whatever is written with a country code."""
    for match in _MOBILE.finditer(text):
        if _stands_alone(text, match.start()) and not _MEASURE.match(text, match.end()):
            yield match.span()
    for pattern in (_TAIWAN_MOBILE, _INTERNATIONAL):
        for match in pattern.finditer(text):
            if 8 <= sum(character.isdigit() for character in match[0]) <= 15:
                yield match.span()


def landlines(text: str) -> Iterator[tuple[int, int]]:
    """Landline numbers with area code, or without one after a word like 电话.

    Not 400 and 800 service lines.
    """
    for match in _LANDLINE.finditer(text):
        if _is_landline(match) and not _MEASURE.match(text, match.end()):
            yield match.span()
    for match in _TAIWAN_LANDLINE.finditer(text):
        yield match.span()
    for match in _CUED_LOCAL.finditer(text):
        yield match.span("number")


def _is_landline(match: re.Match[str]) -> bool:
    separated = match.end("area") != match.start("local")
    has_zero = match["area"].startswith("0")
    return has_zero or (separated and "86" in match[0][: match.start("area") - match.start()])


def _stands_alone(text: str, start: int) -> bool:
    """Tell whether a number is not the tail of a longer number, a decimal or a code like FZ16125000000."""
    if not start:
        return True
    before = text[start - 1]
    if before.isdigit() or (before in ".," and start > 1 and text[start - 2].isdigit()):
        return False
    if before.isascii() and before.isalpha():
        return bool(_LATIN_CUE.search(text[max(0, start - 8) : start]))
    return True


def _compact(text: str) -> str:
    return "".join(character for character in text if character.isalnum()).upper()


def mainland_id_holds(number: str) -> bool:
    """Tell whether 17 digits and a check character satisfy ISO 7064 MOD 11-2 and hold a possible day."""
    if not (1 <= int(number[10:12]) <= 12 and 1 <= int(number[12:14]) <= 31):
        return False
    total = sum(int(digit) * (2 ** (17 - index) % 11) for index, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def luhn_holds(digits: str) -> bool:
    """Tell whether the Luhn sum of a string of digits is a multiple of ten."""
    total = 0
    for index, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if index % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def taiwan_id_holds(number: str) -> bool:
    """Tell whether a letter and nine digits satisfy Taiwan's weighted sum."""
    value = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(number[0]) + 10
    weights = (8, 7, 6, 5, 4, 3, 2, 1, 1)
    total = value // 10 + value % 10 * 9 + sum(w * int(d) for w, d in zip(weights, number[1:], strict=True))
    return total % 10 == 0


def hong_kong_id_holds(number: str) -> bool:
    """Tell whether one or two letters, six digits and a check character satisfy Hong Kong's weighted sum."""
    padded = number.rjust(9)
    values = [36 if c == " " else int(c, 36) for c in padded]
    return sum(weight * value for weight, value in zip(range(9, 0, -1), values, strict=True)) % 11 == 0
