"""Indexes that begin as another one does go. Only they: Django would make and check the foreign keys anew as well."""

import django.db.models.deletion
from django.db import migrations, models

# Names that Django made from table and column.
INDEXES = {
    "consultations_participant_consultation_id_c17fe880": ("participant", "consultation_id"),
    "consultations_vote_consultation_id_14d248f4": ("vote", "consultation_id"),
    "consultations_vote_participant_id_96a682f7": ("vote", "participant_id"),
}


def key(model, name, related_name):
    return migrations.AlterField(
        model,
        name,
        models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name=related_name,
            to=f"consultations.{name}",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("consultations", "0004_promises")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {index}",
                    f"CREATE INDEX IF NOT EXISTS {index} ON consultations_{table} ({column})",
                )
                for index, (table, column) in INDEXES.items()
            ],
            state_operations=[
                key("participant", "consultation", "participants"),
                key("vote", "consultation", "+"),
                key("vote", "participant", "votes"),
            ],
        )
    ]
