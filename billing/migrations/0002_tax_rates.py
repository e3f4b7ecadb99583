"""The usual rates of VAT, as data with validity days (china-practice 1.2, 1.3)."""

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


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
