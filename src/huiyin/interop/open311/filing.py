"""A service request that a program sends becomes a case, by the path of the public form."""

import math
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.accounts.operations.programs import Caller
from huiyin.cases.operations import intake
from huiyin.cases.queries import numbers
from huiyin.catalogue import queries as channels
from huiyin.files import operations as files
from huiyin.interop.open311 import catalogue, reading
from huiyin.interop.open311.problems import bad, missing
from huiyin.kernel import public_ids
from huiyin.places import queries as places
from huiyin.questionnaires import queries as questionnaires
from huiyin.questionnaires.enums import AnswerProblem, QuestionType
from huiyin.usecases import filing

CHANNEL = "api"
LONGEST_DESCRIPTION, LONGEST_ADDRESS, LONGEST_URL = 4_000, 300, 2_000
TOKEN = "open311-token"  # noqa: S105 -- the purpose of a signature
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](\[\])?")
_CHINESE = re.compile("[㐀-鿿]")


@dataclass(frozen=True)
class Sent:
    """What a program sent: the fields of query and body as one, and its files."""

    fields: QueryDict
    media: list[UploadedFile[Any]]

    def text(self, name: str, *, most: int = LONGEST_ADDRESS) -> str:
        """One field without what no database keeps; refuses an overlong one."""
        found = (self.fields.get(name) or "").replace("\x00", "").strip()
        if len(found) > most:
            raise bad(_("%(name)s has more than %(most)s characters.") % {"name": name, "most": most})
        return found


def check(sent: Sent) -> tuple[Any, intake.NewCase, filing.ContactGiven]:
    """Service, case and contact as they were sent. Refuses what the standard or the service does not allow."""
    service = catalogue.service(sent.text("service_code"), reading.jurisdiction(sent.fields))
    channel = channels.channel_in_use(CHANNEL)
    if channel is None:
        raise bad(_("The channel “api” is not in use. Ask the office."))
    description = sent.text("description", most=LONGEST_DESCRIPTION)
    point, address, address_id = _point(sent), sent.text("address_string"), sent.text("address_id")
    if point is None and not address and not address_id:
        raise bad(_("Say where it is: lat and long, address_string or address_id."))
    new = intake.NewCase(
        text=description or channels.localised(service.current.public_names),
        channel=channel,
        version=service.current,
        language=get_language() or "zh-hans",
        intake=_answers(sent, service),
        place_text=address or ("" if point else address_id),
        area=places.area(address_id),
        point=point,
        extra=_links(sent, address_id),
    )
    contact = _contact(sent)
    has_place = bool(new.place_text or new.point)
    filing.check_service(service.current, contact=contact, has_place=has_place)
    return service, new, contact


def file(sent: Sent, *, caller: Caller) -> list[dict[str, Any]]:
    """File the case and answer with its number, or with a token where the service is a batch service.

    The person follows the case with number and look-up code: both stand in `service_notice`, for the program to show.
    """
    service, new, contact = check(sent)
    filed = _stored(new, contact, sent, caller)
    words = {
        "code": public_ids.grouped(filed.secret),
        "number": filed.case.number,
        "url": settings.HUIYIN_BASE_URL + reverse("public:track"),
    }
    notice = _("Follow case %(number)s with the look-up code %(code)s at %(url)s") % words
    answer = {"service_request_id": filed.case.number, "token": None}
    if catalogue.kind(service.current) == catalogue.BATCH:
        answer = {"service_request_id": None, "token": signing.dumps(filed.case.number, salt=TOKEN)}
    return [answer | {"service_notice": notice, "account_id": sent.text("account_id") or None}]


def rehearse(sent: Sent, *, caller: Caller) -> list[dict[str, Any]]:
    """The same answer, and nothing is kept: for programs that are being written."""
    with transaction.atomic():
        answer = file(replace(sent, media=[]), caller=caller)
        transaction.set_rollback(True)
    return answer


def _stored(new: intake.NewCase, contact: filing.ContactGiven, sent: Sent, caller: Caller) -> intake.Filed:
    new = replace(new, source=f"program:{caller.program_id}")
    if not sent.media:
        return filing.file_case(new, contact=contact)
    most = settings.HUIYIN_FILES_PER_CASE
    if len(sent.media) > most:
        raise bad(_("At most %(most)s files can be sent with a case.") % {"most": most})
    with transaction.atomic():
        kept = [files.store(upload, name=upload.name or "media") for upload in sent.media]
        return filing.file_case(replace(new, files=kept), contact=contact)


def number_of(token: str) -> list[dict[str, Any]]:
    """The number behind a token; refuses one that was never given, or whose case is gone."""
    try:
        number = str(signing.loads(token, salt=TOKEN))
    except signing.BadSignature as error:
        raise missing(_("token is not known.")) from error
    if numbers.pk_of(number) is None:
        raise missing(_("token is not known."))
    return [{"service_request_id": number, "token": token}]


def _point(sent: Sent) -> tuple[float, float] | None:
    lat, lon = sent.text("lat"), sent.text("long")
    if not lat and not lon:
        return None
    try:
        point = float(lat), float(lon)
    except ValueError as error:
        raise bad(_("lat and long are two numbers, such as 26.0745 and 119.2965.")) from error
    if not (all(map(math.isfinite, point)) and abs(point[0]) <= 90 and abs(point[1]) <= 180):
        raise bad(_("lat lies between -90 and 90, long between -180 and 180."))
    return point


def _answers(sent: Sent, service: Any) -> list[dict[str, Any]]:
    questions = questionnaires.questions_of(service.current.form)
    raw: dict[str, list[str]] = {}
    for name in sent.fields:
        found = _ATTRIBUTE.fullmatch(unquote(name))
        if found:
            raw.setdefault(found[1], []).extend(sent.fields.getlist(name))
    unknown = sorted(set(raw) - {question.code for question in questions})
    if unknown:
        raise bad(_("attribute[%(code)s] is not asked for this service.") % {"code": unknown[0]})
    for question in questions:
        if question.type == QuestionType.DATE and question.code in raw:
            raw[question.code] = [_day(text) for text in raw[question.code]]
    checked = questionnaires.validate(questions, raw, language=get_language() or "zh-hans")
    if not checked.ok:
        labels = {code: AnswerProblem(problem).label for code, problem in checked.errors.items()}
        raise bad(*(f"attribute[{code}]: {label}" for code, label in labels.items()))
    return list(checked.answers)


def _day(text: str) -> str:
    """The day of a moment as clients send it, in the office's zone; anything else comes back as it is."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return text
    if at is None:
        return text
    return str((timezone.localtime(at) if at.tzinfo else at).date()) if len(text) > 10 else text


def _links(sent: Sent, address_id: str) -> dict[str, str]:
    """What has no field of its own: kept with the case, shown to the office, gone with the person's data."""
    media_url = sent.text("media_url", most=LONGEST_URL)
    if media_url and urlsplit(media_url).scheme not in {"http", "https"}:
        raise bad(_("media_url must begin with http:// or https://."))
    found = {"media_url": media_url, "address_id": address_id, "device_id": sent.text("device_id")}
    return {name: value for name, value in found.items() if value}


def _contact(sent: Sent) -> filing.ContactGiven:
    first, last = sent.text("first_name", most=100), sent.text("last_name", most=100)
    name = f"{last}{first}" if _CHINESE.search(first + last) else f"{first} {last}".strip()
    return filing.ContactGiven(name=name, phone=sent.text("phone"), email=sent.text("email"))
