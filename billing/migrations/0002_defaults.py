"""The usual rates of VAT, as data with validity days; and the index of three-letter pieces, for searching on PostgreSQL."""

from datetime import date
from decimal import Decimal

from django.db import migrations

RATES = [
    ("软件维护服务", "0.06", "3040201030000000000", date(2016, 5, 1), None, True),
    ("信息系统服务", "0.06", "3040203000000000000", date(2016, 5, 1), None, False),
    ("软件维护服务（小规模纳税人，减按1%）", "0.01", "3040201030000000000", date(2023, 1, 1), date(2027, 12, 31), False),
    ("软件维护服务（小规模纳税人）", "0.03", "3040201030000000000", date(2016, 5, 1), None, False),
    ("微机板卡等配件", "0.13", "1090512990000000000", date(2019, 4, 1), None, False),
]


def seed(apps, schema_editor):
    rates = apps.get_model("billing", "TaxRate").objects
    for name, rate, code, first, last, default in RATES:
        rates.create(name=name, rate=Decimal(rate), tax_code=code, valid_from=first, valid_to=last, is_default=default)


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
    dependencies = [("billing", "0001_house")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop), trigram_index("billing_invoice", "search")]
