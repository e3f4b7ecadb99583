import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import djmoney.models.fields
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('key', models.CharField(editable=False, max_length=100, unique=True)),
                ('initials', models.CharField(blank=True, editable=False, max_length=100)),
                ('credit_code', models.CharField(blank=True, max_length=20, verbose_name='unified social credit code')),
                ('address', models.CharField(blank=True, max_length=150, verbose_name='address')),
                ('region', models.CharField(blank=True, max_length=30, verbose_name='region')),
                ('language', models.CharField(choices=[('zh-hans', '中文'), ('en', 'English')], default='zh-hans', max_length=10, verbose_name='language of papers and mails')),
                ('budget_funded', models.BooleanField(default=False, help_text="Decides next year's maintenance in the budget season: told every 1 July.", verbose_name='budget-funded')),
                ('no_mail', models.BooleanField(default=False, verbose_name='wants no mail')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('search', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('name', models.Value('\n'), 'initials', models.Value('\n'), 'credit_code')), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ['name'],
                'indexes': [models.Index(fields=['name'], name='customer_name')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('position', models.CharField(blank=True, max_length=60, verbose_name='position')),
                ('phone', models.CharField(blank=True, max_length=50, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('language', models.CharField(blank=True, choices=[('zh-hans', '中文'), ('en', 'English')], help_text="Empty: the customer's.", max_length=10, verbose_name='language')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='contracts.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceTitle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=100, verbose_name='title')),
                ('tax_number', models.CharField(blank=True, max_length=20, verbose_name='tax number')),
                ('address', models.CharField(blank=True, max_length=100, verbose_name='address')),
                ('phone', models.CharField(blank=True, max_length=50, verbose_name='phone')),
                ('bank_name', models.CharField(blank=True, max_length=100, verbose_name='bank')),
                ('bank_account', models.CharField(blank=True, max_length=100, verbose_name='bank account')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email for invoices')),
                ('is_default', models.BooleanField(default=False, verbose_name='default')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='titles', to='contracts.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'invoice title',
                'verbose_name_plural': 'invoice titles',
                'ordering': ['-is_default', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('number', models.CharField(max_length=60, unique=True, verbose_name='number')),
                ('project', models.CharField(blank=True, max_length=150, verbose_name='project')),
                ('amount_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('amount', djmoney.models.fields.MoneyField(decimal_places=2, help_text='Tax included, as signed; amendments change it from their day on.', max_digits=13, verbose_name='amount')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('terminated', 'terminated')], default='active', max_length=12, verbose_name='state')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('go_live_on', models.DateField(blank=True, null=True, verbose_name='went live on')),
                ('preliminary_acceptance_on', models.DateField(blank=True, null=True, verbose_name='preliminary acceptance on')),
                ('final_acceptance_on', models.DateField(blank=True, null=True, verbose_name='final acceptance on')),
                ('deemed_acceptance_on', models.DateField(blank=True, help_text='The day the contract takes silence for acceptance.', null=True, verbose_name='deemed accepted on')),
                ('terminated_on', models.DateField(blank=True, null=True, verbose_name='terminated on')),
                ('manager_name', models.CharField(blank=True, max_length=60, verbose_name='account manager in the ledger')),
                ('project_manager', models.CharField(blank=True, max_length=60, verbose_name='project manager')),
                ('free_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MaxValueValidator(120)], verbose_name='free months')),
                ('same_day', models.BooleanField(default=False, help_text='Each last day of coverage is then one day earlier.', verbose_name='acceptance day counts')),
                ('cap_rate', models.DecimalField(decimal_places=4, default=Decimal('0.20'), help_text='The most a year of renewal may cost, as a share of the amount: 20 %, or less where the contract says so.', max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0.0001')), django.core.validators.MaxValueValidator(Decimal('0.20'))], verbose_name='cap rate')),
                ('renewal_rate', models.DecimalField(blank=True, decimal_places=4, help_text='The agreed yearly price as a share of the amount; empty if none was agreed.', max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.0001'))], verbose_name='renewal rate')),
                ('inspections_per_year', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(12)], verbose_name='inspections a year')),
                ('renewal_mode', models.CharField(choices=[('auto', 'automatic'), ('manual', 'by hand')], default='auto', max_length=6, verbose_name='renewal mail')),
                ('renewal_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(36)], verbose_name='months of a renewal')),
                ('no_renewal_reason', models.CharField(blank=True, max_length=200, verbose_name='not to be renewed because')),
                ('snoozed_until', models.DateField(blank=True, null=True, verbose_name='renewal snoozed until')),
                ('snooze_reason', models.CharField(blank=True, max_length=200, verbose_name='snoozed because')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('ledger_values', models.JSONField(default=dict, editable=False)),
                ('search', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('number', models.Value('\n'), 'project')), output_field=models.TextField())),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contracts', to='contracts.contact', verbose_name='reads renewal mail')),
                ('engineer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='serviced_contracts', to=settings.AUTH_USER_MODEL, verbose_name='engineer')),
                ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contracts', to=settings.AUTH_USER_MODEL, verbose_name='account manager')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='contracts.customer', verbose_name='customer')),
                ('title', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contracts', to='contracts.invoicetitle', verbose_name='invoice title')),
            ],
            options={
                'verbose_name': 'contract',
                'verbose_name_plural': 'contracts',
                'ordering': ['-signed_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('effective_on', models.DateField(verbose_name='in force from')),
                ('amount_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3, null=True)),
                ('amount', djmoney.models.fields.MoneyField(blank=True, decimal_places=2, max_digits=13, null=True, verbose_name='new total')),
                ('renewal_rate', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='new renewal rate')),
                ('inspections_per_year', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(12)], verbose_name='new inspections a year')),
                ('note', models.TextField(blank=True, verbose_name='what it changes')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='amendments', to='contracts.contract', verbose_name='contract')),
            ],
            options={
                'verbose_name': 'amendment',
                'verbose_name_plural': 'amendments',
                'ordering': ['effective_on', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', None), ('amount__gt', 0), _connector='OR'), name='amendment_amount_positive'), models.CheckConstraint(condition=models.Q(('renewal_rate', None), ('renewal_rate__gt', 0), _connector='OR'), name='amendment_rate_positive')],
            },
        ),
        migrations.AddConstraint(
            model_name='invoicetitle',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('customer',), name='title_one_default'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['-signed_on', '-id'], name='contract_newest'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['manager', '-signed_on'], name='contract_manager'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='contract_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('cap_rate__gt', 0), ('cap_rate__lte', '0.2')), name='contract_cap_rate_legal'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('renewal_rate', None), models.Q(('renewal_rate__gt', 0), ('renewal_rate__lte', models.F('cap_rate'))), _connector='OR'), name='contract_renewal_rate_under_cap'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('final_acceptance_on', None), ('final_acceptance_on__gte', models.F('signed_on')), _connector='OR'), name='contract_signed_before_acceptance'),
        ),
    ]
