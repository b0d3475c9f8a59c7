"""The command `opinion_map` computes an opinion map from files; it needs no database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.engines.opinion import clustering, votes
from huiyin.interop.analysis import opinion_map


class Command(BaseCommand):
    help = (
        "Find groups of opinion in a file of votes.\n"
        "VOTES.csv needs the columns comment-id, voter-id and vote (1 agree, -1 disagree, 0 pass); with a column "
        "timestamp the latest vote of a person on a statement counts, otherwise the last in the file."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("votes", metavar="VOTES.csv", type=Path)
        parser.add_argument(
            "--comments",
            metavar="COMMENTS.csv",
            type=Path,
            help="statements: comment-id, and if present moderated (-1 is out), is-meta, comment-body",
        )
        parser.add_argument(
            "--out",
            metavar="GROUPS.csv",
            type=Path,
            required=True,
            help="who is in which group: voter-id, group, x, y",
        )
        parser.add_argument(
            "--statements",
            metavar="OUT.json",
            type=Path,
            required=True,
            help="what each group holds, where all agree, priorities, silhouettes, timings",
        )
        parser.add_argument(
            "--groups", metavar="K", type=int, help="exactly so many groups (default: 2 to 5, as fits)"
        )
        parser.add_argument(
            "--seed", metavar="N", type=int, default=0, help="where the search starts (default: 0)"
        )

    def handle(self, *args: str, **options: Any) -> None:
        if options["groups"] is not None and options["groups"] < 1:
            raise CommandError("--groups must be 1 or more.")
        if options["seed"] < 0:
            raise CommandError("--seed must be 0 or more.")
        try:
            report = opinion_map.run(
                options["votes"],
                comments_file=options["comments"],
                out=options["out"],
                statements_out=options["statements"],
                groups=options["groups"],
                seed=options["seed"],
            )
        except (votes.BadVotesError, clustering.TooFewOpinionsError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        for warning in report["warnings"]:
            self.stderr.write(warning)
        self.stdout.write(_summary(report))


def _summary(report: dict[str, Any]) -> str:
    sizes = ", ".join(str(group["participants"]) for group in report["groups"])
    return (
        f"{report['participants']} participants, {len(report['statements'])} statements, "
        f"{report['votes']['counted']} votes: {len(report['groups'])} groups ({sizes}) "
        f"in {report['timings']['total']:.2f} s."
    )
