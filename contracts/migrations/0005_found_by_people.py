"""Forms of address; customers and contacts are found by full pinyin, and contacts by name and telephone number.

What the database computes for searching is made anew: it cannot be altered.
"""

import unicodedata

import django.db.models.functions.text
from django.db import migrations, models


def trigram_index(table, column):
    """As in 0002: PostgreSQL finds pieces of the column's text from an index, where the extension is there."""
    name = f"{table}_{column}_trigrams"

    def make(apps, schema_editor):
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            if cursor.fetchone():
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin ({column} gin_trgm_ops)")

    def drop(apps, schema_editor):
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return migrations.RunPython(make, drop)


def found_by(*names):
    parts = [names[0]]
    for name in names[1:]:
        parts += [models.Value("\n"), name]
    return models.GeneratedField(
        expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat(*parts)),
        output_field=models.TextField(),
        db_persist=True,
    )


def _pinyin(name, **style):
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name, **style)).lower()


def spell(apps, schema_editor):
    from pypinyin import Style

    customers, contacts = apps.get_model("contracts", "Customer"), apps.get_model("contracts", "Contact")
    for model, fill in ((customers, "pinyin"), (contacts, "keys")):
        some = []
        for row in model.objects.order_by("pk").iterator(chunk_size=1000):
            if fill == "pinyin":
                row.pinyin = _pinyin(row.name)[:600]
            else:
                phone = unicodedata.normalize("NFKC", row.phone)
                digits = "".join(filter(str.isdecimal, phone)).removeprefix("86")
                initials = _pinyin(row.name, style=Style.FIRST_LETTER)[:100]
                words = [initials, _pinyin(row.name)[:300], f"+86{digits}" if digits else "", row.email]
                row.keys = "\n".join(filter(None, words))[:500]
            some.append(row)
            if len(some) == 500:
                model.objects.bulk_update(some, [fill])
                some = []
        model.objects.bulk_update(some, [fill])


class Migration(migrations.Migration):
    dependencies = [("contracts", "0004_one_key_for_a_number")]

    operations = [
        migrations.AddField(
            "contact", "salutation",
            models.CharField(
                "form of address", max_length=20, blank=True,
                help_text="Such as 先生, 女士, 处长 or Ms: mails greet with it. Empty: they greet “customer”, and never guess.",
            ),
        ),
        migrations.AddField(
            "contact", "keys", models.CharField(max_length=500, blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            "customer", "pinyin", models.CharField(max_length=600, blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(spell, migrations.RunPython.noop),
        migrations.RemoveField("customer", "search"),
        migrations.AddField("customer", "search", found_by("name", "initials", "pinyin", "credit_code")),
        migrations.AddField("contact", "search", found_by("name", "keys", "phone")),
        trigram_index("contracts_customer", "search"),
        trigram_index("contracts_contact", "search"),
    ]
