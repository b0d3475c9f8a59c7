"""Import areas: who may is known above `places`."""

from django.utils.translation import gettext as _

from huiyin.accounts import queries as accounts
from huiyin.kernel.errors import Invalid
from huiyin.organisations import permissions
from huiyin.places import operations as places

Imported = places.Imported


def import_areas(content: bytes, *, actor: accounts.Actor, language: str = "zh-hans") -> Imported:
    """Import areas from a CSV file in UTF-8 or GB18030 (see `places.operations.import_areas`).

    Refuses (Denied) whoever may not change the organisation, and (Invalid) what is no such file.
    """
    permissions.check_manage(actor)
    return places.import_areas(_text(content), actor=accounts.actor_name(actor), language=language)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_("The file is neither in UTF-8 nor in GB18030."))
