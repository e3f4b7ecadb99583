"""What customers owe, taken from what was invoiced and from agreed work; credit notes line by line."""

from decimal import ROUND_HALF_UP, Decimal

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.math
import django.db.models.functions.text
import django.db.models.lookups
import djmoney.models.fields
import djmoney.money
from django.db import migrations, models
from moneyed import Money

_CHUNK = 1000


def owe_what_was_invoiced(apps, schema_editor):
    """Each line that was invoiced names what it is owed for; agreed service work is owed, too."""
    _from_invoices(apps)
    _credit_lines(apps)
    _from_work(apps)
    if schema_editor.connection.vendor == "postgresql":  # the tables change next, and rows are still to be checked
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def _source(invoice):
    return (invoice.source_kind, invoice.source_id) if invoice.source_kind else ("invoice", invoice.pk)


def _from_invoices(apps):
    """One charge for each line of a source. What was credited and invoiced anew is owed once."""
    invoices = apps.get_model("billing", "Invoice").objects
    charge_model, line_model = apps.get_model("billing", "Charge"), apps.get_model("billing", "InvoiceLine")
    terms, notes = apps.get_model("warranty", "MaintenanceTerm").objects, apps.get_model("billing", "CreditNote").objects
    by_source = {}
    for pk, kind, key in invoices.order_by("pk").values_list("pk", "source_kind", "source_id"):
        by_source.setdefault((kind, key) if kind else ("invoice", pk), []).append(pk)
    for pks in _chunks(list(by_source.values())):
        rows = invoices.filter(pk__in=[pk for group in pks for pk in group]).select_related("contract")
        found = {invoice.pk: invoice for invoice in rows.prefetch_related("lines")}
        charges, named = {}, []
        for group in pks:
            *before, newest = [found[pk] for pk in group]
            replaced = [each for each in before if each.status == "credited"] if newest.status != "void" else []
            notes.filter(invoice__in=[each.pk for each in replaced]).update(ground="mistake")
            covered = newest.status == "void" and newest.contract.status == "active" and terms.filter(
                contract=newest.contract_id, first_day=newest.service_first, kind="paid"
            ).exists()
            for position, line in enumerate(newest.lines.order_by("position", "pk"), 1):
                nothing = Money(0, line.gross.currency)
                live = newest.status != "void"
                charges[(*_source(newest), position)] = charge_model(
                    customer_id=newest.customer_id, contract_id=newest.contract_id, source_kind=_source(newest)[0],
                    source_id=_source(newest)[1], position=position, on=found[group[0]].on, text=line.text,
                    tax_rate=line.tax_rate, tax_code=line.tax_code, gross=line.gross,
                    service_first=newest.service_first, service_last=newest.service_last,
                    invoiced=line.gross if live else nothing, unserved=nothing,
                    waived=nothing if live or covered else line.gross, waiting=line.gross if covered else nothing,
                )
            for invoice in [*before, newest]:
                for position, line in enumerate(sorted(invoice.lines.all(), key=lambda each: (each.position, each.pk)), 1):
                    named.append((line, (*_source(invoice), position)))
        charge_model.objects.bulk_create(charges.values(), batch_size=_CHUNK)
        for line, key in named:
            line.charge_id = charges[key].pk
        line_model.objects.bulk_update([line for line, _key in named], ["charge"], batch_size=200)


def _credit_lines(apps):
    """Each credit goes over the lines by what is left of them; the last of a line takes the net and tax that are left."""
    notes, lines = apps.get_model("billing", "CreditNote").objects, apps.get_model("billing", "CreditLine").objects
    left_of = {}
    for note in notes.order_by("on", "pk").prefetch_related("invoice__lines"):
        unit = note.gross.currency.sub_unit
        left = left_of.setdefault(
            note.invoice_id,
            [[line.pk, int(line.net.amount * unit), int(line.tax.amount * unit), line.tax_rate] for line in
             note.invoice.lines.all()],
        )
        shares, made = _over(int(note.gross.amount * unit), [net + tax for _pk, net, tax, _rate in left]), []
        for row, share in zip(left, shares, strict=True):
            if share:
                _pk, net, tax, rate = row
                part = int((share / (1 + rate)).quantize(Decimal(1), ROUND_HALF_UP))
                part = net if share == net + tax else min(max(part, share - tax), net)
                row[1:3] = net - part, tax - (share - part)
                made.append((row[0], share, part, share - part))

        def money(minor):
            return Money(Decimal(minor) / unit, note.gross.currency)

        model = lines.model
        lines.bulk_create(
            model(note_id=note.pk, line_id=pk, gross=money(share), net=money(net), tax=money(tax))
            for pk, share, net, tax in made
        )
        net, currency = money(sum(net for _pk, _share, net, _tax in made)), str(note.gross.currency)
        notes.filter(pk=note.pk).update(
            net=net.amount, net_currency=currency, tax=(note.gross - net).amount, tax_currency=currency
        )


def _over(amount, weights):
    """Whole units by weight: largest remainder, of equal ones the last."""
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (amount * weights[i] % whole, i), reverse=True)
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def _from_work(apps):
    """Agreed work of closed requests and signed visits: waits where its to-do is still open, else was seen to."""
    prices, visits = apps.get_model("service", "PriceLine").objects, apps.get_model("service", "Visit").objects
    rates = apps.get_model("billing", "TaxRate").objects
    tax = rates.filter(valid_to=None).order_by("-is_default", "pk").first() or rates.order_by("-is_default").first()
    charges, model = [], apps.get_model("billing", "Charge")

    def owed(kind, key, work, on, gross, text, open_ones, **more):
        nothing, waits = Money(0, gross.currency), work.pk in open_ones
        charges.append(
            model(
                customer_id=work.customer_id, contract_id=work.contract_id, source_kind=kind, source_id=key, position=1,
                on=on, text=text, tax_rate=tax.rate, tax_code=tax.tax_code, gross=gross, invoiced=nothing,
                unserved=nothing, waived=nothing if waits else gross, waiting=gross if waits else nothing, **more,
            )
        )

    open_ones = _asked(apps, "request_to_invoice")
    lines = prices.exclude(agreed_on=None).filter(request__status="closed", request__merged_into=None)
    for line in lines.select_related("request").order_by("pk"):
        owed("price_line", line.pk, line.request, line.agreed_on, line.amount, line.text, open_ones)
    open_ones = _asked(apps, "visit_to_invoice")
    for visit in visits.filter(status="signed").prefetch_related("parts").order_by("pk"):
        if visit.fee and visit.fee.amount:
            owed("visit_fee", visit.pk, visit, visit.signed_on, visit.fee, visit.title, open_ones)
        for part in visit.parts.all():
            if part.charged and part.cost and part.cost.amount:
                gross, more = part.cost * part.quantity, {"specification": part.model[:40], "quantity": part.quantity}
                owed("visit_part", part.pk, visit, visit.signed_on, gross, part.name, open_ones, **more)
    model.objects.bulk_create(charges, batch_size=_CHUNK)


def _asked(apps, kind):
    """The keys of the work that somebody is still asked to invoice."""
    todos = apps.get_model("chatter", "Todo").objects
    return set(todos.filter(kind=kind, done_at=None).values_list("target_id", flat=True))


def _chunks(rows):
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0003_proposed_credits'),
        ('contracts', '0004_one_key_for_a_number'),
        ('service', '0005_limits_of_check_items'),
        ('warranty', '0005_ledger_sheets_and_people'),
        ('chatter', '0004_files_of_contracts_hold_prices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('text', models.CharField(max_length=200, verbose_name='text')),
                ('tax_rate', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='tax rate')),
                ('tax_code', models.CharField(blank=True, max_length=19, verbose_name='tax code')),
                ('gross_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('gross', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='gross')),
                ('source_kind', models.CharField(editable=False, max_length=20, verbose_name='owed for')),
                ('source_id', models.PositiveBigIntegerField(editable=False)),
                ('on', models.DateField(verbose_name='owed since')),
                ('specification', models.CharField(blank=True, max_length=40, verbose_name='specification')),
                ('unit', models.CharField(blank=True, max_length=22, verbose_name='unit')),
                ('quantity', models.DecimalField(blank=True, decimal_places=4, max_digits=13, null=True, verbose_name='quantity')),
                ('service_first', models.DateField(blank=True, null=True, verbose_name='service from')),
                ('service_last', models.DateField(blank=True, null=True, verbose_name='service to')),
                ('invoiced_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('invoiced', djmoney.models.fields.MoneyField(decimal_places=2, default=djmoney.money.Money(0, 'CNY'), max_digits=13, verbose_name='invoiced')),
                ('waived_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('waived', djmoney.models.fields.MoneyField(decimal_places=2, default=djmoney.money.Money(0, 'CNY'), max_digits=13, verbose_name='waived')),
                ('unserved_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('unserved', djmoney.models.fields.MoneyField(decimal_places=2, default=djmoney.money.Money(0, 'CNY'), max_digits=13, verbose_name='not served')),
                ('waiting_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('waiting', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='waits to be invoiced')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('search', models.GeneratedField(db_persist=True, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('text', models.Value('\n'), 'specification')), output_field=models.TextField())),
            ],
            options={
                'verbose_name': 'charge',
                'verbose_name_plural': 'charges',
                'ordering': ['-on', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CreditLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gross_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('gross', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='gross')),
                ('net_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('net', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='net')),
                ('tax_currency', djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3)),
                ('tax', djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='tax')),
            ],
            options={
                'verbose_name': 'credited line',
                'verbose_name_plural': 'credited lines',
                'ordering': ['line__position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='creditnote',
            name='ground',
            field=models.CharField(choices=[('mistake', 'invoiced wrongly'), ('return', 'goods sent back'), ('stopped', 'service stopped'), ('allowance', 'price reduced')], default='allowance', max_length=10, verbose_name='ground'),
        ),
        migrations.AddField(
            model_name='creditnote',
            name='net',
            field=djmoney.models.fields.MoneyField(decimal_places=2, default=djmoney.money.Money(0, 'CNY'), max_digits=13, verbose_name='net'),
        ),
        migrations.AddField(
            model_name='creditnote',
            name='net_currency',
            field=djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3),
        ),
        migrations.AddField(
            model_name='creditnote',
            name='tax',
            field=djmoney.models.fields.MoneyField(decimal_places=2, default=djmoney.money.Money(0, 'CNY'), max_digits=13, verbose_name='tax'),
        ),
        migrations.AddField(
            model_name='creditnote',
            name='tax_currency',
            field=djmoney.models.fields.CurrencyField(choices=[('GBP', 'British Pound'), ('CNY', 'Chinese Yuan'), ('EUR', 'Euro'), ('HKD', 'Hong Kong Dollar'), ('JPY', 'Japanese Yen'), ('MOP', 'Macanese Pataca'), ('SGD', 'Singapore Dollar'), ('USD', 'US Dollar')], default='CNY', editable=False, max_length=3),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='quantity',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=13, null=True, verbose_name='quantity'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='specification',
            field=models.CharField(blank=True, max_length=40, verbose_name='specification'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='unit',
            field=models.CharField(blank=True, max_length=22, verbose_name='unit'),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='contract',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='contracts.contract', verbose_name='contract'),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='service_first',
            field=models.DateField(null=True, verbose_name='service from'),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='service_last',
            field=models.DateField(null=True, verbose_name='service to'),
        ),
        migrations.AddField(
            model_name='charge',
            name='contract',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='contracts.contract', verbose_name='contract'),
        ),
        migrations.AddField(
            model_name='charge',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='contracts.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='charge',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.charge'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='billing.invoiceline'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='note',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='billing.creditnote'),
        ),
        migrations.RunPython(owe_what_was_invoiced, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='invoice',
            name='invoice_one_a_source',
        ),
        migrations.RemoveConstraint(
            model_name='invoice',
            name='invoice_cap_whole_or_none',
        ),
        migrations.RemoveConstraint(
            model_name='invoice',
            name='invoice_gross_under_cap',
        ),
        migrations.RemoveField(
            model_name='invoice',
            name='cap_base',
        ),
        migrations.RemoveField(
            model_name='invoice',
            name='cap_base_currency',
        ),
        migrations.RemoveField(
            model_name='invoice',
            name='cap_rate',
        ),
        migrations.RemoveField(
            model_name='invoice',
            name='months',
        ),
        migrations.RemoveField(
            model_name='invoice',
            name='source_id',
        ),
        migrations.RemoveField(
            model_name='invoice',
            name='source_kind',
        ),
        migrations.AlterField(
            model_name='invoiceline',
            name='charge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.charge'),
        ),
        migrations.AlterField(
            model_name='creditnote',
            name='ground',
            field=models.CharField(choices=[('mistake', 'invoiced wrongly'), ('return', 'goods sent back'), ('stopped', 'service stopped'), ('allowance', 'price reduced')], max_length=10, verbose_name='ground'),
        ),
        migrations.AlterField(
            model_name='creditnote',
            name='net',
            field=djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='net'),
        ),
        migrations.AlterField(
            model_name='creditnote',
            name='tax',
            field=djmoney.models.fields.MoneyField(decimal_places=2, max_digits=13, verbose_name='tax'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(condition=models.Q(('waiting__gt', 0)), fields=['customer', 'on'], name='charge_waits'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.UniqueConstraint(fields=('source_kind', 'source_id', 'position'), name='charge_once_a_source'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('invoiced__gte', 0), ('unserved__gte', 0), ('waiting__gte', 0), ('waived__gte', 0)), name='charge_sums_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('invoiced'), '*', models.Value(100))), models.BigIntegerField()), '+', django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('waived'), '*', models.Value(100))), models.BigIntegerField())), '+', django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('unserved'), '*', models.Value(100))), models.BigIntegerField())), '+', django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('waiting'), '*', models.Value(100))), models.BigIntegerField())), django.db.models.functions.comparison.Cast(django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(models.F('gross'), '*', models.Value(100))), models.BigIntegerField()))), name='charge_parts_make_gross'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('service_first', None), ('service_last', None)), ('service_last__gte', models.F('service_first')), _connector='OR'), name='charge_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(('gross__gt', 0), ('net__gte', 0), ('tax__gte', 0)), name='creditline_positive'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.UniqueConstraint(fields=('note', 'line'), name='creditline_once_a_note'),
        ),
    ]
