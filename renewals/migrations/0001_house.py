import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.math
import django.db.models.lookups
import djmoney.models.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contracts', '0001_house'),
        ('warranty', '0001_house'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RenewalQuote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('months', models.PositiveSmallIntegerField(verbose_name='months')),
                ('anchor', models.DateField(editable=False)),
                ('start_months', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('acceptance_day_counts', models.BooleanField(default=False, editable=False)),
                ('number', models.CharField(max_length=20, verbose_name='number')),
                ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('sent', 'sent'), ('accepted', 'accepted'), ('declined', 'declined'), ('expired', 'expired'), ('superseded', 'superseded'), ('cancelled', 'cancelled')], default='draft', max_length=10, verbose_name='state')),
                ('on', models.DateField(verbose_name='drafted on')),
                ('price_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('price', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='price')),
                ('rule_price_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('rule_price', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='price by the rule')),
                ('cap_base_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('cap_base', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='cap base')),
                ('cap_rate', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='cap rate')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('decided_by_name', models.CharField(blank=True, max_length=100, verbose_name='decided by')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('approved_hash', models.CharField(blank=True, max_length=64)),
                ('on_hold', models.BooleanField(default=False, verbose_name='on hold')),
                ('hold_reason', models.CharField(blank=True, max_length=200, verbose_name='held because')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='contracts.contract', verbose_name='contract')),
                ('follows_term', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quotes_after', to='warranty.maintenanceterm', verbose_name='follows the term')),
                ('priced_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='price set by')),
                ('term', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quote', to='warranty.maintenanceterm', verbose_name='became the term')),
            ],
            options={
                'verbose_name': 'renewal quote',
                'verbose_name_plural': 'renewal quotes',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='QuoteLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('expires_on', models.DateField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked', models.BooleanField(default=False)),
                ('quote', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='link', to='renewals.renewalquote')),
            ],
            options={
                'verbose_name': 'quote link',
                'verbose_name_plural': 'quote links',
            },
        ),
        migrations.CreateModel(
            name='QuoteLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('text', models.CharField(max_length=200, verbose_name='text')),
                ('tax_rate', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='tax rate')),
                ('tax_code', models.CharField(blank=True, max_length=19, verbose_name='tax code')),
                ('gross_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('gross', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='gross')),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='renewals.renewalquote')),
            ],
            options={
                'verbose_name': 'quote line',
                'verbose_name_plural': 'quote lines',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='renewalquote',
            index=models.Index(fields=['status', '-on'], name='quote_status'),
        ),
        migrations.AddConstraint(
            model_name='renewalquote',
            constraint=models.UniqueConstraint(fields=('number', 'revision'), name='quote_version_once'),
        ),
        migrations.AddConstraint(
            model_name='renewalquote',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('contract',), name='quote_one_draft_a_contract'),
        ),
        migrations.AddConstraint(
            model_name='renewalquote',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'sent')), fields=('contract',), name='quote_one_open_a_contract'),
        ),
        migrations.AddConstraint(
            model_name='renewalquote',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='quote_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='renewalquote',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='quote_starts_before_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='renewalquote',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('price'), '*', models.Value(100))), models.BigIntegerField()), '*', models.Value(120000)), django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('cap_base'), '*', models.Value(100))), models.BigIntegerField()), '*', django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('cap_rate'), '*', models.Value(10000))), models.BigIntegerField())), '*', models.F('months'))), ('cap_base_currency', models.F('price_currency')), ('cap_rate__lte', '0.2'), ('months__range', (1, 36))), name='quote_price_under_cap'),
        ),
    ]
