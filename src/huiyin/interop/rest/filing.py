"""New cases and their files, by programs that file for people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Router, UploadedFile

from huiyin.cases import permissions
from huiyin.cases.enums import Anonymity
from huiyin.cases.operations import intake
from huiyin.catalogue import queries as catalogue
from huiyin.files import operations as files
from huiyin.interop.rest import answers, documented, keys, reading, shapes
from huiyin.kernel import public_ids
from huiyin.kernel.errors import Conflict, Invalid
from huiyin.places import queries as places
from huiyin.questionnaires import queries as questionnaires
from huiyin.questionnaires.enums import AnswerProblem
from huiyin.usecases import filing, programs

router = Router(auth=keys.FILE, tags=["filing"])
CHANNEL = "api"


@router.post("/cases", response=documented.writes(201, shapes.Filed), openapi_extra=documented.ONCE)
def file_case(request: HttpRequest, given: shapes.CaseGiven) -> HttpResponse:
    """File a case for a person, by the same rules as the form.

    The answer holds number and look-up code: give both to the person, who follows the case with them. With an
    `Idempotency-Key` a request that is sent again, for a day, files nothing a second time.
    """
    return answers.once(request, sent=given.model_dump_json(), act=lambda: _file(request, given))


@router.post("/files", response=documented.writes(201, shapes.FileKept), openapi_extra=documented.ONCE)
def send_file(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Send a file, to be named by its token in a case or a letter within two days.

    Photos are drawn anew without what the camera wrote into them; what no case may hold is refused.
    """
    sent = f"{file.name}\n{files.digest(file)}"
    return answers.once(request, sent=sent, act=lambda: _keep(file))


def _keep(file: UploadedFile) -> answers.Made:
    kept = files.store(file, name=file.name or "")
    data = {name: getattr(kept, name) for name in shapes.FileKept.model_fields}
    return 201, data, {}


def _file(request: HttpRequest, given: shapes.CaseGiven) -> answers.Made:
    caller = keys.caller(request)
    filed = programs.file_case(_new(given), contact=_contact(given), caller=caller, tokens=given.files)
    case = filed.case
    visible = permissions.can_see(caller.user, case)
    data = {
        "number": case.number,
        "code": public_ids.grouped(filed.secret),
        "follow": f"{settings.HUIYIN_BASE_URL}/follow/?number={case.number}",
        "case": reading.whole(case.number, user=caller.user) if visible else None,
    }
    return 201, data, {"Location": f"/api/v1/cases/{case.number}"}


def _new(given: shapes.CaseGiven) -> intake.NewCase:
    channel = catalogue.channel_in_use(CHANNEL)
    if channel is None:
        raise Conflict(_("The channel “api” is not set up. Ask the office."))
    service = catalogue.offered().get(given.service) if given.service else None
    if given.service and service is None:
        raise _at("service", _("This service is not offered. Choose another one."))
    place = given.place
    if (place.lat is None) != (place.lon is None):
        raise _at("lat", _("Give both lat and lon, or neither."))
    area = places.area(place.area or "")
    if place.area and area is None:
        raise _at("place/area", _("There is no such area."))
    return intake.NewCase(
        text=given.text,
        channel=channel,
        version=service.current if service is not None else None,
        kind=given.kind,
        language=given.language,
        intake=_answers(given, service),
        place_text=place.text,
        area=area,
        point=(place.lat, place.lon) if place.lat is not None and place.lon is not None else None,
        anonymity=given.anonymity,
    )


def _answers(given: shapes.CaseGiven, service: Any) -> list[dict[str, Any]]:
    form = service.current.form if service is not None and service.current is not None else None
    questions = questionnaires.questions_of(form)
    unknown = set(given.answers) - {question.code for question in questions}
    if unknown:
        raise _at(f"answers/{min(unknown)}", _("There is no such question."))
    checked = questionnaires.validate(questions, given.answers, language=given.language)
    if not checked.ok:
        labels = {f"answers/{code}": AnswerProblem(problem).label for code, problem in checked.errors.items()}
        raise Invalid(_("Something in the request needs to be changed."), fields=labels)
    return checked.answers


def _contact(given: shapes.CaseGiven) -> filing.ContactGiven:
    contact = filing.ContactGiven(**given.contact.model_dump())
    if given.anonymity == Anonymity.NOBODY and not contact.is_empty:
        raise _at("anonymity", _("Contact data were entered. Clear them, or choose who may know them."))
    if contact.wants_mail and not contact.email:
        raise _at("email", _("Give the e-mail address to write to."))
    return contact


def _at(field: str, message: str) -> Invalid:
    return Invalid(message, fields={field: message})
