import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


def test_an_older_database_is_refused_and_not_touched():
    recorder = MigrationRecorder(connection)
    recorder.record_applied("contracts", "0001_initial")
    recorder.record_unapplied("console", "0001_house")
    tables = connection.introspection.table_names()
    with pytest.raises(CommandError, match="cannot take it over"):
        call_command("migrate", verbosity=0)
    assert connection.introspection.table_names() == tables
    assert ("console", "0001_house") not in recorder.applied_migrations()


def test_a_database_of_this_version_is_migrated():
    call_command("migrate", verbosity=0)
    assert ("contracts", "0001_house") in MigrationRecorder(connection).applied_migrations()
