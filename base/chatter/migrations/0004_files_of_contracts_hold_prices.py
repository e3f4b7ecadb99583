"""What hangs on a contract holds prices unless somebody says otherwise; certificates of milestones do not."""

from django.db import migrations

#: As milestones file them.
CERTIFICATES = ("go_live", "preliminary_acceptance", "final_acceptance")


def close_files(apps, schema_editor):
    alias = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    contracts = kinds.filter(app_label="contracts", model="contract").values("pk")
    files = apps.get_model("chatter", "Attachment").objects.using(alias).filter(target_type__in=contracts)
    files.exclude(label__in=CERTIFICATES).update(commercial=True)


class Migration(migrations.Migration):
    dependencies = [("chatter", "0003_files_that_hold_prices")]

    operations = [migrations.RunPython(close_files, migrations.RunPython.noop)]
