"""What a person types about invoices, payments and tax rates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from base.ui.forms import MoveForm, PercentField, SheetForm
from billing.enums import CreditGround
from billing.line_fields import LineAmountField, tax_choices, tax_key
from billing.models import Charge, Invoice, Payment, TaxRate
from contracts.models import InvoiceTitle


class ReasonForm(MoveForm):
    reason = forms.CharField(label=_("because"), max_length=200)


class InvoiceForm(SheetForm):
    """What may change until the tax invoice is issued. Choosing another title fills the buyer from it."""

    class Meta:
        model = Invoice
        fields = [
            "title",
            "buyer_name",
            "buyer_tax_number",
            "buyer_address",
            "buyer_phone",
            "buyer_bank_name",
            "buyer_bank_account",
            "buyer_email",
            "invoice_type",
            "due_on",
            "note",
        ]

    def arrange(self) -> None:
        super().arrange()
        title: Any = self.fields["title"]
        title.queryset = InvoiceTitle.objects.filter(customer=self.instance.customer_id)
        title.help_text = _("Another title fills the buyer's fields below.")


class ChargeForm(SheetForm):
    """How what is owed is worded on its invoice, and which tax it bears."""

    tax = forms.ChoiceField(label=_("tax rate"))

    class Meta:
        model = Charge
        fields = ["text", "specification", "unit", "quantity"]

    def arrange(self) -> None:
        super().arrange()
        charge = self.instance
        if charge.pk is None:  # nobody types a new one: it follows from what is owed for
            return
        tax: Any = self.fields["tax"]
        tax.choices = tax_choices(self.look.today if self.look else charge.on, [charge])
        self.initial["tax"] = tax_key(charge.tax_rate, charge.tax_code)


class PartForm(MoveForm):
    """How much of what waits stands on the invoice."""

    amount = forms.DecimalField(label=_("amount"), max_digits=15)

    def arrange(self) -> None:
        super().arrange()
        _in_currency(self, self.record, min_value=0)


class IssueForm(MoveForm):
    tax_invoice_number = forms.CharField(
        label=_("tax invoice number"), max_length=40, help_text=_("The 20 digits of the tax bureau.")
    )
    tax_invoice_on = forms.DateField(label=_("issued on"))

    def clean_tax_invoice_number(self) -> str:
        """Numbers are copied with spaces in them."""
        return "".join(str(self.cleaned_data["tax_invoice_number"]).split())


class PayForm(MoveForm):
    amount = forms.DecimalField(label=_("amount"), max_digits=15)
    paid_on = forms.DateField(label=_("received on"))
    reference = forms.CharField(label=_("bank reference"), max_length=100, required=False)

    def arrange(self) -> None:
        super().arrange()
        _in_currency(self, self.record, min_value=0)


class TakeBackForm(MoveForm):
    """Which payment was recorded by mistake. It stays on the list, with its counterpart."""

    payment = forms.ModelChoiceField(Payment.objects.none(), label=_("payment"), empty_label=None)
    reason = forms.CharField(label=_("because"), max_length=100)

    def arrange(self) -> None:
        super().arrange()
        payment: Any = self.fields["payment"]
        payment.queryset = Payment.objects.filter(invoice=self.record, amount__gt=0)


class CreditForm(MoveForm):
    amount = forms.DecimalField(label=_("amount"), max_digits=15)
    ground = forms.ChoiceField(
        label=_("ground"),
        choices=CreditGround.choices,
        help_text=_("An invoice that was wrong is credited whole; what it billed then waits to be invoiced again."),
    )
    credited_on = forms.DateField(label=_("day"))
    tax_invoice_number = forms.CharField(label=_("red invoice number"), max_length=40, required=False)
    reason = forms.CharField(label=_("because"), max_length=200)

    def arrange(self) -> None:
        super().arrange()
        _in_currency(self, self.record, min_value=0)


class GrantForm(MoveForm):
    """The red invoice by which a proposed credit is granted."""

    credited_on = forms.DateField(label=_("day"))
    tax_invoice_number = forms.CharField(label=_("red invoice number"), max_length=40, required=False)


_FORMATS = [("xlsx", _("Excel")), ("csv", "CSV")]


class ExportForm(MoveForm):
    """How chosen invoices go to finance."""

    file_format = forms.ChoiceField(label=_("format"), choices=_FORMATS)
    again = forms.BooleanField(
        label=_("also those exported before"),
        required=False,
        help_text=_("Left out by default, so that nothing is booked twice."),
    )


class ExportDaysForm(ExportForm):
    """The same for all invoices made in a stretch of days."""

    first = forms.DateField(label=_("made from"))
    last = forms.DateField(label=_("made until"))
    field_order = ["first", "last", "file_format", "again"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        return data


def _in_currency(form: MoveForm, record: Invoice | Charge, **options: Any) -> None:
    """The amount in the record's own currency, read as people type it."""
    field = LineAmountField(currency=record.gross.currency, label=form.fields["amount"].label, **options)
    field.widget.attrs["class"] = "form-control text-end"
    field.widget.attrs["data-suffix"] = record.gross.currency.code
    form.fields["amount"] = field


class TaxRateForm(SheetForm):
    class Meta:
        model = TaxRate
        fields = ["name", "rate", "tax_code", "valid_from", "valid_to", "is_default"]
        field_classes = {"rate": PercentField}
