"""Contact data: one spelling for each number and address, and how much of it is shown. Values in, values out."""

import re
import unicodedata
from dataclasses import dataclass

NAME_CHARACTERS, ADDRESS_CHARACTERS, EMAIL_CHARACTERS = 100, 300, 254
PURPOSE_CHARACTERS = (4, 300)
STARS = "**"

BLANK = frozenset({"Cc", "Zs", "Zl", "Zp"})
NARROW = {
    wide: wide - 0xFEE0
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for wide in range(ord(first), ord(last) + 1)
}
# Country codes behind which some people still write the trunk zero.
TRUNK_ZERO = re.compile(r"^(86|886|44|49|81|82|61)0")

# Family names of two characters, so that of 欧阳娜娜 both are left.
COMPOUND_NAMES = frozenset(
    (  # noqa: SIM905 -- a list of ninety words reads better as one
        "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 夏侯 尉迟 尉遲 公孙 公孫 皇甫 慕容 令狐 长孙 長孫 宇文 端木 轩辕 軒轅 "
        "东方 東方 独孤 獨孤 南宫 南宮 百里 呼延 万俟 申屠 太史 澹台 澹臺 赫连 赫連 钟离 鍾離 闻人 聞人 公羊 宗政 "
        "濮阳 濮陽 淳于 单于 太叔 仲孙 仲孫 鲜于 鮮于 闾丘 閭丘 亓官 司空 拓跋 夹谷 谷梁 范姜 张简 張簡"
    ).split()
)
# The district with which a masked address ends.
DISTRICT = re.compile(r"^.{0,30}?(?:区|區|县|縣|旗|鎮|镇|乡|鄉)")
EMAIL = re.compile(r"[^@\s\"<>(),:;\[\]\\]{1,64}@(?:[^\s@.\-][^\s@.]{0,62}\.)+[^\s@.\d][^\s@.]{1,62}")


@dataclass(frozen=True)
class Phone:
    """A telephone number: as it is kept, and the one spelling (E.164, extension after x) by which it is found again."""

    shown: str
    canonical: str


def line(text: str) -> str:
    """One line of text: no control or direction marks, blanks collapsed, full-width letters and digits narrowed.

    Nothing else is normalised: rare characters of names stay as they are.
    """
    spaced = (" " if unicodedata.category(ch) in BLANK else ch for ch in text)
    visible = "".join(ch for ch in spaced if unicodedata.category(ch) not in {"Cf", "Cs"})
    return " ".join(visible.translate(NARROW).split())


def phone(text: str) -> Phone | None:
    """The number that was typed, or None where there is none in it.

    Without a country code: eleven digits from 1 are a mainland mobile, from 0 a mainland landline; ten digits from 09
    and nine or ten from 0 are Taiwan's; eight without a zero stay as they are (Hong Kong's, or a landline next door).
    """
    plain = unicodedata.normalize("NFKC", line(text))
    number, _mark, extension = re.sub(
        r"(?i)\s*(转|轉|分机|分機|ext\.?|x|#)\s*", "#", plain, count=1
    ).partition("#")
    if re.search(r"[^\d\s()+./\-]", number) or (extension and not re.fullmatch(r"[0-9]{1,6}", extension)):
        return None
    international = number.strip().startswith(("+", "00"))
    digits = re.sub(r"\D", "", number)
    digits = digits.removeprefix("00") if international else digits
    full = _with_country(digits, international=international)
    if not full or not digits.isascii():
        return None
    tail = f" #{extension}" if extension else ""
    shown = full.removeprefix("+86") if re.fullmatch(r"\+861\d{10}", full) else full
    if re.fullmatch(r"0\d{9,11}", digits):
        shown = digits
    return Phone(shown + tail, full + tail.replace(" #", "x"))


def _with_country(digits: str, *, international: bool) -> str:
    if international or re.fullmatch(r"861[3-9]\d{9}", digits):
        whole = TRUNK_ZERO.sub(r"\1", digits)
        is_broken_mobile = re.match(r"861[3-9]", whole) and len(whole) != 13
        return f"+{whole}" if 8 <= len(whole) <= 15 and not is_broken_mobile else ""
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return f"+86{digits}"
    if re.fullmatch(r"09\d{8}|0[2-8]\d{7,8}", digits) and not digits.startswith("010"):
        return f"+886{digits[1:]}"
    if re.fullmatch(r"0\d{9,11}", digits):
        return f"+86{digits[1:]}"
    return digits if re.fullmatch(r"[48]00\d{7}|[1-9]\d{4,8}", digits) else ""


def email(text: str) -> str | None:
    """The address in one spelling, or None where it is none."""
    plain = unicodedata.normalize("NFKC", line(text)).replace(" ", "")
    local, _at, domain = plain.rpartition("@")
    spelled = f"{local}@{domain.lower()}"
    return spelled if len(spelled) <= EMAIL_CHARACTERS and EMAIL.fullmatch(spelled) else None


def is_purpose(text: str) -> bool:
    """Whether a purpose says something: long enough, and not the same sign again and again."""
    least, most = PURPOSE_CHARACTERS
    letters = [ch for ch in text if ch.isalpha()]
    return least <= len(text) <= most and len(letters) >= least and len(set(letters)) > least // 2


def masked_name(name: str) -> str:
    """张**, 欧阳**, J** S**."""
    if not name:
        return ""
    if name.isascii() or " " in name:
        return " ".join(word[0] + STARS for word in name.split())
    return (name[:2] if name[:2] in COMPOUND_NAMES and len(name) > 2 else name[0]) + STARS


def masked_phone(number: str) -> str:
    """138****5678, 0912***678 (Taiwan), 51****67 (Hong Kong); of landlines and others the last four at most."""
    base = number.partition(" #")[0]
    if re.fullmatch(r"1\d{10}", base):
        return f"{base[:3]}****{base[-4:]}"
    taiwan = re.fullmatch(r"(?:\+886|0)(9\d{8})", base)
    if taiwan:
        return f"0{taiwan[1][:3]}***{taiwan[1][-3:]}"
    if re.fullmatch(r"(\+852|\+853)?\d{8}", base):
        return f"{base[:-6]}****{base[-2:]}"
    keep = min(4, len(base) // 3)
    return f"{base[:keep]}****{base[-keep:]}" if keep else ""


def masked_email(address: str) -> str:
    """a***@x.cn."""
    local, at, domain = address.rpartition("@")
    return f"{local[0]}***@{domain}" if at and local else ""


def masked_address(address: str) -> str:
    """The district, if there is one at the beginning; nothing of the rest."""
    if not address:
        return ""
    district = DISTRICT.match(address)
    return (district[0] if district else "") + "***"
