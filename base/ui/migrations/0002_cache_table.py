"""The cache's table, so that log-in throttling counts from the first start without a command to type."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS cache")


class Migration(migrations.Migration):
    dependencies = [("ui", "0001_house")]
    operations = [migrations.RunPython(create, drop)]
