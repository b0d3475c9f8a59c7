from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

OPEN = models.Q(state__in=["received", "assigned", "accepted", "in_progress", "awaiting_person"])


def index(name: str, *, condition: models.Q | None = None) -> GinIndex:
    return GinIndex(
        fields=["words"], name=name, condition=condition, fastupdate=True, gin_pending_list_limit=256
    )


class Migration(migrations.Migration):
    """Only a parameter changes: writing a city's index anew would take minutes."""

    dependencies = [("cases", "0015_legal_holds")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER INDEX {name} SET (gin_pending_list_limit = 256)",
                    f"ALTER INDEX {name} RESET (gin_pending_list_limit)",
                )
                for name in ("case_words", "case_open_words")
            ],
            state_operations=[
                migrations.RemoveIndex("case", "case_words"),
                migrations.RemoveIndex("case", "case_open_words"),
                migrations.AddIndex("case", index("case_words")),
                migrations.AddIndex("case", index("case_open_words", condition=OPEN)),
            ],
        )
    ]
