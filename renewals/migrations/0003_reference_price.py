"""The price by the rule is called the reference price."""


import djmoney.models.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('renewals', '0002_yardstick'),
    ]

    operations = [
        migrations.AlterField(
            model_name='renewalquote',
            name='rule_price',
            field=djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='reference price'),
        ),
    ]
