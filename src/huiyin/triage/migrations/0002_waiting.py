import django.db.models.deletion
from django.db import migrations, models

import huiyin.kernel.clock

# What an earlier version queued as a job each.
TAKE_OVER = """
INSERT INTO triage_waiting (created_at, case_id, tries)
SELECT now(), id, 0 FROM cases_case WHERE id IN (
    SELECT (args ->> 'case_id')::bigint FROM procrastinate_jobs WHERE task_name = 'propose' AND status = 'todo'
) ON CONFLICT DO NOTHING;
DELETE FROM procrastinate_jobs WHERE task_name = 'propose' AND status = 'todo';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0016_short_pending_lists"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("triage", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("created_at", models.DateTimeField(default=huiyin.kernel.clock.now, editable=False)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
    ]
