from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_short_pending_lists")]

    operations = [
        migrations.AddIndex(
            model_name="case", index=models.Index(fields=["-last_step_at", "-id"], name="case_changed")
        ),
    ]
