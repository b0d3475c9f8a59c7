"""Whether results may be seen: the one predicate that every screen, mail, map and export asks."""

from django.utils.translation import gettext as _

from huiyin.consultations import logic
from huiyin.consultations.enums import Results, State
from huiyin.consultations.models import Consultation
from huiyin.kernel.errors import Denied


def results_visible(consultation: Consultation) -> bool:
    """Whether anybody may see votes, counts, places and groups of this consultation now. Staff are no exception."""
    return logic.results_visible(State(consultation.state), Results(consultation.results))


def check_results(consultation: Consultation) -> None:
    """Refuse (Denied) while results are hidden."""
    if not results_visible(consultation):
        raise Denied(
            _(
                "The results of this consultation can be seen when it has closed. Until then they are hidden from all."
            )
        )
