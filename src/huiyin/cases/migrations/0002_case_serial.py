from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [
        # Serial numbers behind the public case numbers; gaps are fine.
        migrations.RunSQL("CREATE SEQUENCE case_serial", "DROP SEQUENCE case_serial"),
    ]
