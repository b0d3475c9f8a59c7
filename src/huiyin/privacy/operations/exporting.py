"""Everything that is kept about a case, for the person behind it: one ZIP file with readable JSON and the files.

In: what the person said and sent, what the office wrote to them, notices, deadlines, verdicts, who looked at the
contact data. Left out: notes among colleagues (they are about the handling, not about the person), names of members of
staff (they act for their unit, which is named), and technical keys.
"""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.contrib.postgres.search import SearchVectorField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext as _

from huiyin.audit import operations as audit
from huiyin.cases.enums import Action
from huiyin.catalogue import queries as catalogue
from huiyin.files import queries as files
from huiyin.kernel import clock
from huiyin.kernel.errors import Missing
from huiyin.kernel.models import Model
from huiyin.privacy import queries

MEMORY = 1024 * 1024
# Talk among colleagues, and who of them sits at which desk: the timeline of the person's own page has none of it.
NOT_IN_TIMELINE = (Action.NOTE, Action.TAKE)


@transaction.atomic
def export_case(case_id: int, *, actor: str = "person") -> IO[bytes]:
    """A ZIP file of everything about the case, at its start, on disk if it is large; the caller closes it.

    `about.txt` says what is in it and what is not, `case.json` holds the data, `files/` the files. Labels are in the
    active language. Refuses (Missing) an unknown case. Leaves an audit record.
    """
    if not queries.case_model()._default_manager.filter(pk=case_id).exists():
        raise Missing(_("There is no such case."))
    target = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 -- handed to the caller, who closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        write_case(archive, case_id)
        archive.writestr("about.txt", about())
    audit.record("case.export", actor=actor, subject=f"case:{case_id}")
    target.seek(0)
    return target


def write_case(archive: zipfile.ZipFile, case_id: int, *, folder: str = "") -> dict[str, Any]:
    """Put `case.json` and the files of a case into a folder of the archive; returns what the JSON holds."""
    data: dict[str, Any] = {"exported_at": clock.now()}
    data |= {model._meta.model_name or "": list(_rows(model, case_id)) for model in _exported_models()}
    for number, row in enumerate(data.get("storedfile", []), start=1):
        row["path"] = _add_file(archive, case_id, row, number, folder=folder)
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    archive.writestr(f"{folder}case.json", text)
    return data


def _exported_models() -> list[type[Model]]:
    return [model for model in queries.subject_models() if not model.NOT_EXPORTED]


def _rows(model: type[Model], case_id: int) -> Iterator[dict[str, Any]]:
    found = queries.rows(model, [case_id]).order_by("pk")
    if model._meta.label == "cases.Event":
        found = found.exclude(action__in=NOT_IN_TIMELINE)
    fields = [field for field in model._meta.concrete_fields if _is_shown(model, field)]
    related = [field.name for field in fields if field.is_relation]
    for row in found.select_related(*related) if related else found:
        yield {name: _outward(row, name, value) for field in fields for name, value in _values(row, field)}


def _outward(row: Any, name: str, value: Any) -> Any:
    """Without the words that colleagues wrote to each other about where the case belongs."""
    if name == "data" and getattr(row, "action", "") == Action.ASSIGN:
        return {key: fact for key, fact in value.items() if key != "reason"}
    return value


def _is_shown(model: type[Model], field: "models.Field[Any, Any]") -> bool:
    target = field.related_model
    is_staff = isinstance(target, type) and target._meta.label == "accounts.User"
    return not (is_staff or isinstance(field, SearchVectorField) or field.name in model.SECRET)


def _values(row: Any, field: "models.Field[Any, Any]") -> Iterator[tuple[str, Any]]:
    value = getattr(row, field.name)
    if field.is_relation:
        yield field.name, _named(value)
        return
    yield field.name, value
    if field.choices and value:
        yield f"{field.name}_text", str(getattr(row, f"get_{field.name}_display")())


def _named(row: Any) -> Any:
    """What a referenced row is called; its number where it is itself a part of the export."""
    if row is None or getattr(row, "SUBJECT", None) is not None:
        return getattr(row, "pk", None)
    names = getattr(row, "public_names", None) or getattr(row, "names", None)
    return catalogue.localised(names) if names else getattr(row, "name", "") or getattr(row, "code", "")


def _add_file(
    archive: zipfile.ZipFile, case_id: int, row: dict[str, Any], number: int, *, folder: str
) -> str:
    model = next(model for model in queries.subject_models() if model._meta.label == "files.StoredFile")
    stored = queries.rows(model, [case_id]).get(pk=row["id"])
    path = f"files/{number:02d}-{row['name']}"
    try:
        content = files.opened(stored.key)
    except Missing:
        return ""
    with (
        content,
        archive.open(
            zipfile.ZipInfo(folder + path, clock.now().timetuple()[:6]), "w", force_zip64=True
        ) as target,
    ):
        shutil.copyfileobj(content, target)
    return path


def about() -> str:
    """What is in the file, and what is not."""
    return _(
        "This is everything that is kept about your case, except:\n"
        "- notes that colleagues wrote to each other about the handling;\n"
        "- names of members of staff: they act for their unit, which is named;\n"
        "- technical keys.\n"
        "\n"
        "case.json can be opened with any text editor. The folder files holds what you and the office sent.\n"
    )
