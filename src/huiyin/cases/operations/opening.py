"""Opening a case with its number and secret, as the person behind it does."""

import hmac

from django.core import signing
from django.utils.translation import gettext as _

from huiyin.cases.enums import ReplyKind
from huiyin.cases.models import Case, Reply
from huiyin.cases.operations import intake, limits
from huiyin.kernel import public_ids
from huiyin.kernel.errors import Missing

LINK = "follow-link"
LINK_SECONDS = 30 * 24 * 3600
# 31 to the eighth: far too many to try over a network, few enough to type from a text message.
VERDICT_CODE_LENGTH = 8


def for_person(number: str, secret: str, *, address: str) -> Case:
    """The case that number and secret open together. Wrong tries are counted per case and per address."""
    number = public_ids.plain(number)
    case = Case.objects.filter(number=number).first()
    given = intake.secret_hash(secret)
    if case is None or not case.secret_hash or not hmac.compare_digest(case.secret_hash, given):
        limits.count_wrong_secret(number, address)
        raise Missing(
            _("Number and secret do not belong together. Check both; the secret has 12 letters and digits.")
        )
    return case


def fingerprint(case: Case) -> str:
    """What a browser keeps of an opened case: it goes stale when the secret is changed or erased."""
    return public_ids.keyed_hash("opened", case.secret_hash)


def for_browser(number: str, key: str) -> Case | None:
    """The case that a browser opened before, if its secret is still the same."""
    case = (
        Case.objects.select_related(
            "unit", "service__current", "service__parent__current", "contact", "area", "about_unit"
        )
        .filter(number=number)
        .first()
    )
    return case if case and case.secret_hash and hmac.compare_digest(fingerprint(case), key) else None


def link(case: Case) -> str:
    """A token for a mailed link that opens the case for 30 days."""
    return signing.dumps([case.number, fingerprint(case)], salt=LINK)


def for_link(token: str) -> Case:
    """The case that a mailed link opens. Refuses a wrong, old or overtaken link."""
    try:
        number, key = signing.loads(token, salt=LINK, max_age=LINK_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Missing(_("This link is not valid any more. Use number and secret instead.")) from error
    case = for_browser(str(number), str(key))
    if case is None:
        raise Missing(_("This link is not valid any more. Use number and secret instead."))
    return case


def verdict_code(reply: Reply) -> str:
    """A short code that opens the three questions about one answer, and nothing else; for a text message.

    Made from the installation's key and the case's secret, so that it is kept nowhere and goes with the secret.
    """
    number = int(public_ids.keyed_hash("verdict-code", f"{reply.pk}:{reply.case.secret_hash}"), 16)
    letters = []
    for _place in range(VERDICT_CODE_LENGTH):
        number, at = divmod(number, len(public_ids.ALPHABET))
        letters.append(public_ids.ALPHABET[at])
    return "".join(letters)


def for_verdict(number: str, code: str, *, address: str) -> Reply:
    """The last answer of a case, opened by its code. Wrong tries are counted per case and per address."""
    number = public_ids.plain(number)
    rows = Reply.objects.select_related("case__service__current", "unit").filter(case__number=number)
    reply = rows.filter(kind=ReplyKind.ANSWER).order_by("-sent_at", "-id").first()
    if reply is None or not reply.case.secret_hash:
        limits.count_wrong_secret(number, address)
        raise Missing(_("This code does not open an answer. Use number and secret instead."))
    if not hmac.compare_digest(verdict_code(reply), public_ids.plain(code)):
        limits.count_wrong_secret(number, address)
        raise Missing(_("This code does not open an answer. Use number and secret instead."))
    return reply
