"""Rows that were skipped when they were written now say why, as those do that are skipped from now on."""

from django.db import migrations


def say_why(apps, schema_editor):
    rows = apps.get_model("warranty", "PlannedAction").objects
    rows.filter(state="skipped", problem="").update(problem="written_late")


class Migration(migrations.Migration):
    dependencies = [("warranty", "0003_count_what_is_coming")]

    operations = [migrations.RunPython(say_why, migrations.RunPython.noop)]
