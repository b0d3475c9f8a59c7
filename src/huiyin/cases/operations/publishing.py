"""What the public sees of a case. Nothing becomes public by itself."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from huiyin.cases.enums import Action
from huiyin.cases.models import Case, CaseFile, Publication, Support
from huiyin.cases.operations.acting import Actor, acting
from huiyin.cases.operations.intake import search_words
from huiyin.kernel import public_ids
from huiyin.kernel.errors import Invalid, Missing

# About 100 m: enough to find the place, too coarse to find the door.
PUBLIC_DECIMALS = 3


@dataclass(frozen=True, kw_only=True)
class PublicText:
    """The text for the public and what is shown with it."""

    title: str
    text: str
    reason: str = ""
    answer: str = ""
    show_place: bool = True
    public_place: str = ""
    file_ids: tuple[int, ...] = ()


def publish(case_id: int, *, public: PublicText, actor: Actor, revision: int | None = None) -> Publication:
    """Publish a text beside the person's own, with author and reason; again to change it.

    Refuses confidential cases, services whose cases may not be published, and an empty title or text. Points are
    rounded.
    """
    if not public.title.strip() or not public.text.strip():
        raise Invalid(_("Give a title and a text for the public."))
    with acting(case_id, Action.PUBLISH, actor=actor, revision=revision) as act:
        case = act.case
        if case.service_version is not None and not case.service_version.may_publish:
            raise Invalid(_("Cases of this service are not published."))
        shown = public.show_place and case.lat is not None and case.lon is not None
        publication, _created = Publication.objects.update_or_create(
            case=case,
            defaults={
                "title": public.title.strip()[:120],
                "text": public.text.strip(),
                "reason": public.reason.strip(),
                "answer": public.answer.strip(),
                "author": actor.user,
                "show_place": public.show_place,
                "lat": round(case.lat, PUBLIC_DECIMALS) if shown and case.lat is not None else None,
                "lon": round(case.lon, PUBLIC_DECIMALS) if shown and case.lon is not None else None,
                "area": case.area if public.show_place else None,
                "place_text": public.public_place.strip() if public.show_place else "",
                "service_id": case.service_id,
                "published_at": act.now,
                "requested_at": case.received_at,
                "updated_at": act.now,
                "words": search_words(public.title, public.text, public.public_place),
            },
        )
        CaseFile.objects.filter(case=case).update(is_public=False)
        CaseFile.objects.filter(case=case, pk__in=public.file_ids).update(is_public=True)
        act.data = {"title_length": len(public.title), "changed": not _created}
        return publication


def unpublish(case_id: int, *, actor: Actor, revision: int | None = None) -> None:
    """Take the case out of the public list; the case itself is untouched."""
    with acting(case_id, Action.UNPUBLISH, actor=actor, revision=revision) as act:
        if not withdraw(act.case):
            raise Missing(_("This case is not published."))


def withdraw(case: Case) -> bool:
    """Show nothing of the case to the public any more, in the caller's transaction; whether there was anything."""
    gone, _rows = Publication.objects.filter(case=case).delete()
    CaseFile.objects.filter(case=case).update(is_public=False)
    return bool(gone)


@transaction.atomic
def support(publication_id: int, *, mark: str) -> int:
    """Say "this concerns me too", once per browser; returns the count. Needs no account and keeps no name."""
    publication = Publication.objects.filter(pk=publication_id).first()
    if publication is None:
        raise Missing(_("This case is not published."))
    try:
        with transaction.atomic():
            Support.objects.create(publication=publication, mark=public_ids.keyed_hash("support", mark))
    except IntegrityError:
        return publication.supports
    Publication.objects.filter(pk=publication_id).update(supports=F("supports") + 1)
    return publication.supports + 1
