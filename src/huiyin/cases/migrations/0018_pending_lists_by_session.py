from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

OPEN = models.Q(state__in=["received", "assigned", "accepted", "in_progress", "awaiting_person"])


class Migration(migrations.Migration):
    """The parameter of an index comes before every setting, so that an import could not ask for a longer list."""

    dependencies = [("cases", "0017_changed_cases")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER INDEX {name} RESET (gin_pending_list_limit)",
                    f"ALTER INDEX {name} SET (gin_pending_list_limit = 256)",
                )
                for name in ("case_words", "case_open_words")
            ],
            state_operations=[
                migrations.RemoveIndex("case", "case_words"),
                migrations.RemoveIndex("case", "case_open_words"),
                migrations.AddIndex("case", GinIndex(fields=["words"], name="case_words", fastupdate=True)),
                migrations.AddIndex(
                    "case",
                    GinIndex(fields=["words"], condition=OPEN, name="case_open_words", fastupdate=True),
                ),
            ],
        )
    ]
