from django.db import migrations

TABLES = ("cases_case", "cases_publication", "cases_precedent")


class Migration(migrations.Migration):
    """Words are stored as they are: lists of short words hardly shrink, and every import waited for the attempt."""

    dependencies = [("cases", "0019_service_with_unit")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ALTER COLUMN words SET STORAGE EXTERNAL",
            f"ALTER TABLE {table} ALTER COLUMN words SET STORAGE EXTENDED",
        )
        for table in TABLES
    ]
