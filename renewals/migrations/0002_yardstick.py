"""What a price is measured by stands on the quote; those of before keep the price by the rule, as they were judged."""

import django.db.models.expressions
import djmoney.models.fields
from django.db import migrations, models

CURRENCIES = [
    ("GBP", "British Pound"), ("CNY", "Chinese Yuan"), ("EUR", "Euro"), ("HKD", "Hong Kong Dollar"),
    ("JPY", "Japanese Yen"), ("MOP", "Macanese Pataca"), ("SGD", "Singapore Dollar"), ("USD", "US Dollar"),
]  # fmt: skip


def measure_as_before(apps, schema_editor):
    quotes = apps.get_model("renewals", "RenewalQuote").objects.using(schema_editor.connection.alias)
    quotes.update(
        yardstick=django.db.models.expressions.F("rule_price"),
        yardstick_currency=django.db.models.expressions.F("rule_price_currency"),
    )


class Migration(migrations.Migration):
    dependencies = [("renewals", "0001_house")]

    operations = [
        migrations.AddField(
            "renewalquote",
            "yardstick_currency",
            djmoney.models.fields.CurrencyField(choices=CURRENCIES, default="CNY", editable=False, max_length=3),
        ),
        migrations.AddField(
            "renewalquote",
            "yardstick",
            djmoney.models.fields.MoneyField(decimal_places=2, default=0, max_digits=13, verbose_name="measured by"),
            preserve_default=False,
        ),
        migrations.AddField("renewalquote", "refused_hash", models.CharField(blank=True, max_length=64)),
        migrations.AddField(
            "renewalquote",
            "refusal",
            models.CharField(blank=True, max_length=200, verbose_name="refused because"),
        ),
        migrations.RunPython(measure_as_before, migrations.RunPython.noop),
    ]
