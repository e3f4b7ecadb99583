import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.math
import django.db.models.functions.text
import django.db.models.lookups
import djmoney.models.fields
import djmoney.money
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contracts', '0001_house'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('rate', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='rate')),
                ('tax_code', models.CharField(max_length=19, verbose_name='tax code')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('is_default', models.BooleanField(default=False, verbose_name='default for renewals')),
            ],
            options={
                'verbose_name': 'tax rate',
                'verbose_name_plural': 'tax rates',
                'ordering': ['-is_default', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('source_kind', models.CharField(blank=True, editable=False, max_length=20)),
                ('source_id', models.PositiveBigIntegerField(editable=False, null=True)),
                ('status', models.CharField(choices=[('draft', 'draft'), ('requested', 'requested'), ('issued', 'issued'), ('part_paid', 'part-paid'), ('paid', 'paid'), ('credited', 'credited'), ('void', 'void')], default='draft', max_length=10, verbose_name='state')),
                ('on', models.DateField(verbose_name='made on')),
                ('due_on', models.DateField(verbose_name='payment due on')),
                ('service_first', models.DateField(verbose_name='service from')),
                ('service_last', models.DateField(verbose_name='service to')),
                ('months', models.PositiveSmallIntegerField(verbose_name='months')),
                ('gross_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('gross', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='gross')),
                ('net_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('net', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='net')),
                ('tax_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('tax', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='tax')),
                ('paid_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('paid', djmoney.models.fields.MoneyField(decimal_places=2, default=djmoney.money.Money(0, 'CNY'), max_digits=13, verbose_name='paid so far')),
                ('credited_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('credited', djmoney.models.fields.MoneyField(decimal_places=2, default=djmoney.money.Money(0, 'CNY'), max_digits=13, verbose_name='credited')),
                ('cap_base_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3, null=True)),
                ('cap_base', djmoney.models.fields.MoneyField(blank=True, decimal_places=2, max_digits=13, null=True, verbose_name='cap base')),
                ('cap_rate', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='cap rate')),
                ('buyer_name', models.CharField(max_length=100, verbose_name='buyer')),
                ('buyer_tax_number', models.CharField(blank=True, max_length=20, verbose_name="buyer's tax number")),
                ('buyer_address', models.CharField(blank=True, max_length=100, verbose_name="buyer's address")),
                ('buyer_phone', models.CharField(blank=True, max_length=50, verbose_name="buyer's phone")),
                ('buyer_bank_name', models.CharField(blank=True, max_length=100, verbose_name="buyer's bank")),
                ('buyer_bank_account', models.CharField(blank=True, max_length=100, verbose_name="buyer's bank account")),
                ('buyer_email', models.EmailField(blank=True, max_length=254, verbose_name="buyer's email")),
                ('invoice_type', models.CharField(choices=[('增值税专用发票', 'special VAT invoice'), ('普通发票', 'general invoice')], default='增值税专用发票', max_length=10, verbose_name='kind of invoice')),
                ('tax_invoice_number', models.CharField(blank=True, max_length=20, verbose_name='tax invoice number')),
                ('tax_invoice_on', models.DateField(blank=True, null=True, verbose_name='issued on')),
                ('note', models.CharField(blank=True, max_length=230, verbose_name='remark')),
                ('search', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('number', models.Value('\n'), 'tax_invoice_number', models.Value('\n'), 'buyer_name')), output_field=models.TextField())),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='contracts.contract', verbose_name='contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='contracts.customer', verbose_name='customer')),
                ('title', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contracts.invoicetitle', verbose_name='invoice title')),
            ],
            options={
                'verbose_name': 'invoice',
                'verbose_name_plural': 'invoices',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ExportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('format', models.CharField(choices=[('xlsx', 'XLSX'), ('csv', 'CSV')], max_length=4, verbose_name='format')),
                ('file', models.FileField(max_length=250, upload_to='exports/%Y/%m/')),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('invoices', models.ManyToManyField(related_name='exports', to='billing.invoice')),
            ],
            options={
                'verbose_name': 'export',
                'verbose_name_plural': 'exports',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CreditNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('on', models.DateField(verbose_name='day')),
                ('gross_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('gross', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='gross')),
                ('tax_invoice_number', models.CharField(blank=True, max_length=20, verbose_name='red invoice number')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='billing.invoice', verbose_name='invoice')),
            ],
            options={
                'verbose_name': 'credit note',
                'verbose_name_plural': 'credit notes',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('text', models.CharField(max_length=200, verbose_name='text')),
                ('tax_rate', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='tax rate')),
                ('tax_code', models.CharField(blank=True, max_length=19, verbose_name='tax code')),
                ('gross_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('gross', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='gross')),
                ('net_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('net', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='net')),
                ('tax_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('tax', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='tax')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='billing.invoice')),
            ],
            options={
                'verbose_name': 'invoice line',
                'verbose_name_plural': 'invoice lines',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='received on')),
                ('amount_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('amount', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='amount')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='bank reference')),
                ('at', models.DateTimeField(verbose_name='recorded at')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.invoice', verbose_name='invoice')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
                'ordering': ['-on', '-id'],
            },
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['status', 'due_on'], name='invoice_status'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('status__in', ['void', 'credited']), _negated=True), models.Q(('source_kind', ''), _negated=True)), fields=('source_kind', 'source_id'), name='invoice_one_a_source'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('tax_invoice_number', ''), _negated=True), fields=('tax_invoice_number',), name='invoice_tax_number_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'requested', 'void']), models.Q(models.Q(('tax_invoice_number', ''), _negated=True), ('tax_invoice_on__isnull', False)), _connector='OR'), name='invoice_issued_has_tax_number'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('credited__gte', 0), ('gross__gte', 0), ('paid__gte', 0)), name='invoice_sums_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('paid__lte', models.F('gross'))), name='invoice_paid_at_most_gross'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('credited__lte', models.F('gross'))), name='invoice_credited_at_most_gross'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cap_base__isnull', True), ('cap_rate__isnull', True)), models.Q(('cap_base__isnull', False), ('cap_rate__isnull', False)), _connector='OR'), name='invoice_cap_whole_or_none'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cap_base__isnull', False), _negated=True), models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('gross'), '*', models.Value(100))), models.BigIntegerField()), '*', models.Value(120000)), django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('cap_base'), '*', models.Value(100))), models.BigIntegerField()), '*', django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('cap_rate'), '*', models.Value(10000))), models.BigIntegerField())), '*', models.F('months'))), ('cap_base_currency', models.F('gross_currency')), ('cap_rate__lte', '0.2'), ('months__range', (1, 36))), _connector='OR'), name='invoice_gross_under_cap'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.CheckConstraint(condition=models.Q(('gross__gt', 0)), name='creditnote_positive'),
        ),
    ]
