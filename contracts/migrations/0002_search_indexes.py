"""Indexes of three-letter pieces, for searching on PostgreSQL."""

from django.db import migrations


def trigram_index(table, column):
    """PostgreSQL finds pieces of the column's text from an index, where the extension can be made.

    The extension comes with PostgreSQL, and the database's owner may switch it on; where a provider forbids it,
    searching is slower and nothing else.
    """
    name = f"{table}_{column}_trigrams"

    def make(apps, schema_editor):
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
            known = cursor.fetchone()
            cursor.execute("SELECT has_database_privilege(current_database(), 'CREATE')")
            if known and cursor.fetchone()[0]:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(f"CREATE INDEX {name} ON {table} USING gin ({column} gin_trgm_ops)")

    def drop(apps, schema_editor):
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return migrations.RunPython(make, drop)


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_house")]
    operations = [trigram_index("contracts_contract", "search"), trigram_index("contracts_customer", "search")]
