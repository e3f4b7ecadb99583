"""A contract is known by one key of its number. Twins that were typed in two ways get a suffix, and stand on a list."""

import unicodedata

from django.db import migrations, models


def _visible(text):
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))


def _compact(text):
    return unicodedata.normalize("NFKC", "".join(_visible(unicodedata.normalize("NFKC", text)).split()))


def give_keys(apps, schema_editor):
    contracts = apps.get_model("contracts", "Contract")
    taken = {}
    some = []
    for contract in contracts.objects.order_by("pk").only("pk", "number").iterator(chunk_size=1000):
        key = _compact(_compact(contract.number).casefold())[:180]
        taken[key] = taken.get(key, 0) + 1
        contract.number_key = key if taken[key] == 1 else f"{key} {taken[key]}"
        some.append(contract)
        if len(some) == 500:
            contracts.objects.bulk_update(some, ["number_key"])
            some = []
    contracts.objects.bulk_update(some, ["number_key"])


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_ends_on_a_coming_day")]

    operations = [
        migrations.AddField(
            "contract", "number_key", models.CharField(max_length=200, null=True, editable=False)
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField("contract", "number_key", models.CharField(max_length=200, unique=True, editable=False)),
    ]
