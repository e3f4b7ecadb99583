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
            name='DailyRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='day')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished at')),
                ('whole', models.BooleanField(default=True, verbose_name='whole day')),
                ('actions', models.JSONField(default=dict, verbose_name='actions')),
                ('failures', models.JSONField(default=list, verbose_name='failures')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='started by')),
            ],
            options={
                'verbose_name': 'daily run',
                'verbose_name_plural': 'daily runs',
                'ordering': ['-started_at'],
            },
        ),
        migrations.CreateModel(
            name='LedgerImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(upload_to='ledgers/%Y/%m/')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('on', models.DateField(verbose_name='imported as of')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('status', models.CharField(choices=[('uploaded', 'uploaded'), ('queued', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='uploaded', max_length=10, verbose_name='state')),
                ('mapping', models.JSONField(blank=True, default=dict)),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('total_rows', models.PositiveIntegerField(default=0)),
                ('next_row', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('result', models.JSONField(blank=True, default=dict)),
                ('problem', models.TextField(blank=True, verbose_name='problem')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'ledger import',
                'verbose_name_plural': 'ledger imports',
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='MaintenanceTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('months', models.PositiveSmallIntegerField(verbose_name='months')),
                ('anchor', models.DateField(editable=False)),
                ('start_months', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('acceptance_day_counts', models.BooleanField(default=False, editable=False)),
                ('kind', models.CharField(choices=[('free', 'free maintenance'), ('paid', 'paid maintenance'), ('goodwill', 'goodwill')], max_length=10, verbose_name='kind')),
                ('hand_set_reason', models.CharField(blank=True, max_length=200, verbose_name='end set by hand because')),
                ('origin', models.CharField(default='acceptance', max_length=12, verbose_name='origin')),
                ('price_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('price', djmoney.models.fields.MoneyField(decimal_places=2, default=djmoney.money.Money(0, 'CNY'), max_digits=13, verbose_name='price')),
                ('cap_base_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3, null=True)),
                ('cap_base', djmoney.models.fields.MoneyField(blank=True, decimal_places=2, max_digits=13, null=True, verbose_name='cap base')),
                ('cap_rate', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name='cap rate')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='contracts.contract', verbose_name='contract')),
            ],
            options={
                'verbose_name': 'maintenance term',
                'verbose_name_plural': 'maintenance terms',
                'ordering': ['contract', 'first_day'],
            },
        ),
        migrations.CreateModel(
            name='PlannedAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(editable=False, max_length=40)),
                ('kind', models.CharField(max_length=20, verbose_name='what')),
                ('step', models.CharField(blank=True, max_length=10, verbose_name='step')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('computed_on', models.DateField(editable=False)),
                ('state', models.CharField(choices=[('planned', 'planned'), ('done', 'done'), ('skipped', 'skipped'), ('cancelled', 'cancelled'), ('failed', 'failed')], default='planned', max_length=10, verbose_name='state')),
                ('provisional', models.BooleanField(default=False, verbose_name='provisional')),
                ('on_hold', models.BooleanField(default=False, verbose_name='on hold')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('problem', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('done_on', models.DateField(null=True, verbose_name='done on')),
                ('contract', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='plan', to='contracts.contract', verbose_name='contract')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rows', to='warranty.dailyrun')),
                ('term', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='plan', to='warranty.maintenanceterm', verbose_name='term')),
            ],
            options={
                'verbose_name': 'planned action',
                'verbose_name_plural': 'plan',
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('window_first', models.DateField(verbose_name='window from')),
                ('window_last', models.DateField(verbose_name='window to')),
                ('rescheduled', models.BooleanField(default=False, verbose_name='rescheduled')),
                ('visited_on', models.DateField(blank=True, null=True, verbose_name='visited on')),
                ('result', models.CharField(blank=True, choices=[('normal', 'normal'), ('mostly_normal', 'mostly normal'), ('abnormal', 'abnormal')], max_length=15, verbose_name='result')),
                ('findings', models.TextField(blank=True, verbose_name='findings and advice')),
                ('reported_at', models.DateTimeField(blank=True, null=True, verbose_name='reported at')),
                ('engineer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='inspections', to=settings.AUTH_USER_MODEL, verbose_name='engineer')),
                ('action', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='inspection', to='warranty.plannedaction')),
            ],
            options={
                'verbose_name': 'inspection',
                'verbose_name_plural': 'inspections',
                'ordering': ['action__due_on'],
            },
        ),
        migrations.AddIndex(
            model_name='maintenanceterm',
            index=models.Index(fields=['last_day', 'contract'], name='term_end'),
        ),
        migrations.AddConstraint(
            model_name='maintenanceterm',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='term_starts_before_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='maintenanceterm',
            constraint=models.UniqueConstraint(fields=('contract', 'first_day'), name='term_one_start'),
        ),
        migrations.AddConstraint(
            model_name='maintenanceterm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cap_base__isnull', False), ('cap_rate__isnull', False), ('kind', 'paid')), models.Q(models.Q(('kind', 'paid'), _negated=True), ('price', 0)), _connector='OR'), name='term_only_paid_has_price'),
        ),
        migrations.AddConstraint(
            model_name='maintenanceterm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'paid'), _negated=True), models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('price'), '*', models.Value(100))), models.BigIntegerField()), '*', models.Value(120000)), django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('cap_base'), '*', models.Value(100))), models.BigIntegerField()), '*', django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('cap_rate'), '*', models.Value(10000))), models.BigIntegerField())), '*', models.F('months'))), ('cap_base_currency', models.F('price_currency')), ('cap_rate__lte', '0.2'), ('months__range', (1, 36))), _connector='OR'), name='term_price_under_cap'),
        ),
        migrations.AddIndex(
            model_name='plannedaction',
            index=models.Index(fields=['subject', 'kind'], name='plan_subject'),
        ),
        migrations.AddIndex(
            model_name='plannedaction',
            index=models.Index(condition=models.Q(('state__in', ['planned', 'failed']), models.Q(('kind', 'inspection'), _negated=True)), fields=['due_on', 'kind'], name='plan_due'),
        ),
        migrations.AddIndex(
            model_name='plannedaction',
            index=models.Index(fields=['kind', 'due_on'], name='plan_kind'),
        ),
        migrations.AddIndex(
            model_name='plannedaction',
            index=models.Index(fields=['due_on', 'id'], name='plan_day'),
        ),
        migrations.AddIndex(
            model_name='plannedaction',
            index=models.Index(condition=models.Q(('state', 'failed'), models.Q(('problem', ''), _negated=True), _connector='OR'), fields=['due_on'], name='plan_trouble'),
        ),
        migrations.AddConstraint(
            model_name='plannedaction',
            constraint=models.UniqueConstraint(fields=('contract', 'subject', 'kind', 'step'), name='plan_row_once'),
        ),
        migrations.AddConstraint(
            model_name='plannedaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('subject', ''), _negated=True), ('term', None)), ('subject', django.db.models.functions.text.Concat(models.Value('term:'), django.db.models.functions.comparison.Cast('term_id', models.CharField()))), _connector='OR'), name='plan_subject_of_term'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(condition=models.Q(('reported_at', None)), fields=['window_last'], name='inspection_open'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('window_first__lte', models.F('window_last'))), name='inspection_window_forward'),
        ),
    ]
