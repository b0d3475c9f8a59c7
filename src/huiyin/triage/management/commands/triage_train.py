"""`huiyin triage_train`: learn from the decisions of this installation now, instead of waiting for the night."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from huiyin.triage.operations import training


class Command(BaseCommand):
    help = (
        "Learn where cases belong from those that units of this installation signed for or answered. "
        "A new model replaces the old one only if it is not worse on the newest cases, which teach neither. "
        "The last line of output is JSON: for service, unit and kind the number of cases, accuracy of the new model "
        "and of the one before, whether it was replaced, and seconds."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        results = training.train_all()
        for row in results:
            self.stderr.write(_told(row))
        self.stdout.write(json.dumps([row.figures() for row in results], ensure_ascii=False))


def _told(row: training.Result) -> str:
    name = row.question.value
    if row.accuracy is None:
        least = training.LEAST_CASES
        return f"{name}: {row.cases} cases to learn from; nothing trained ({least} of two kinds are needed)."
    before = "none before" if row.accuracy_before is None else f"before {row.accuracy_before:.1%}"
    kept = "in use now" if row.replaced else "worse than the one in use, which stays"
    return f"{name}: {row.accuracy:.1%} right on the {row.held_out} newest of {row.cases} cases ({before}); {kept}."
