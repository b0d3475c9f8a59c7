"""How the results came about, in words and figures, made from the data: enough for another person to recompute them."""

from __future__ import annotations

from typing import Any

import huiyin
from huiyin.consultations import logic
from huiyin.consultations.enums import Origin, Standing
from huiyin.consultations.models import Consultation
from huiyin.consultations.queries import deciding, lists, visibility
from huiyin.engines.opinion import clustering, statements
from huiyin.kernel import clock


def facts(row: Consultation) -> dict[str, Any]:
    """Everything that the results depend on, as JSON values. Refuses (Denied) while results are hidden."""
    visibility.check_results(row)
    turnout = lists.turnout(row)
    return {
        "consultation": row.code,
        "questions": row.questions,
        "state": row.state,
        "announced_opening": _iso(row.opens_at),
        "announced_end": _iso(row.closes_at),
        "opened": _iso(row.opened_at),
        "closed": _iso(row.closed_at),
        "least_days_promised": deciding.least_days(),
        "reasons_for_a_short_time": row.short_reasons,
        "who_could_take_part": row.audience,
        "results_shown": row.results,
        "moderation": row.moderation,
        "moderation_policies": row.moderation_policies,
        "votes_before_writing": row.votes_before_writing,
        "participants": turnout.participants,
        "participants_by_channel": {via.value: count for via, count in sorted(turnout.by_via.items())},
        "statements": {
            "of_the_organiser": row.statements.filter(origin=Origin.SEED).count(),
            "of_participants": turnout.written,
            "shown": turnout.statements,
            "waiting": turnout.waiting,
            "removed": {reason.value: count for reason, count in sorted(lists.removals(row).items())},
            "about_participants": row.statements.filter(is_meta=True, standing=Standing.PUBLISHED).count(),
        },
        "engine": {
            "version": huiyin.__version__,
            "seed": row.seed,
            "least_votes_to_be_placed": clustering.MIN_VOTES,
            "least_people_placed": clustering.MIN_CLUSTERABLE,
            "most_groups": clustering.MAX_GROUPS,
            "tolerated_loss_of_silhouette": clustering.TOLERATED_LOSS,
            "significant_z": statements.SIGNIFICANT,
        },
        "not_shown_on_screens_below": logic.LEAST_TO_SHOW,
        "recompute": f"huiyin opinion_map votes.csv --comments comments.csv --seed {row.seed}"
        " --out groups.csv --statements statements.json",
        "written": _iso(clock.now()),
    }


def note(found: dict[str, Any], *, title: str) -> str:
    """The facts as a plain text to read, in English as the other files are."""
    return NOTE.format(
        title=title,
        channels=_listed(found["participants_by_channel"]),
        removed=_listed(found["statements"]["removed"]),
        shown=found["statements"]["shown"],
        waiting=found["statements"]["waiting"],
        begin=found["opened"] or "-",
        end=found["closed"] or "now",
        **{name: found[name] for name in _TOLD},
        **found["engine"],
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"


_TOLD = (
    "announced_opening",
    "announced_end",
    "who_could_take_part",
    "results_shown",
    "moderation",
    "participants",
    "not_shown_on_screens_below",
    "recompute",
    "written",
)
NOTE = """{title}

How these results came about
Open from {begin} to {end} (announced: {announced_opening} to {announced_end}).
Who could take part: {who_could_take_part}. Results shown: {results_shown}. Statements moderated: {moderation}.
Participants: {participants} ({channels}).
People took part as they chose to; they are no random sample of residents.
Statements shown: {shown}; not shown: {removed}; still waiting: {waiting}.

The files
comments.csv, votes.csv, participants-votes.csv and summary.csv have the layout of Polis exports. A vote is 1 (agree),
-1 (disagree) or 0 (pass); votes.csv holds the last vote of each participant on each statement, with its moment cut to
the full hour. Participants are numbered in no order; author-id is empty and n-comments 0, because it is not known who
wrote what. In comments.csv moderated -1 is not shown, 0 waits, 1 is shown.
The secret that made participants' pseudonyms is destroyed at the end of the consultation.

How to recompute every number
Install Huiyin {version} and run: {recompute}
Principal components and k-means as published by Polis. Least votes to be placed: {least_votes_to_be_placed}, or as
many as there are statements. At most {most_groups} groups; the smallest number of groups whose silhouette is within
{tolerated_loss_of_silhouette} of the best. A share or a difference counts from z > {significant_z}. Seed: {seed}.
Screens leave out counts of fewer than {not_shown_on_screens_below} people; these files do not.

Written {written}.
"""


def _iso(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
