"""What a person types about quotes, invoices and payments."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from base.ui.forms import MoveForm, PercentField, SheetForm
from billing.line_fields import AmountField, LinesField, tax_choices
from billing.models import Invoice, Payment, RenewalQuote, TaxRate
from contracts.models import InvoiceTitle
from contracts.rules import MAX_TERM_MONTHS


class QuoteForm(SheetForm):
    """Months and lines of a draft; the price is the lines' sum."""

    lines = LinesField(label=_("Lines"))

    class Meta:
        model = RenewalQuote
        fields = ["months"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        quote = self.instance
        lines = list(quote.lines.all())
        months: Any = self.fields["months"]
        months.min_value, months.max_value = 1, MAX_TERM_MONTHS
        months.widget.attrs.update({"min": 1, "max": MAX_TERM_MONTHS})
        months.validators += [MinValueValidator(1), MaxValueValidator(MAX_TERM_MONTHS)]
        widget: Any = self.fields["lines"].widget
        widget.currency, widget.taxes = quote.price.currency, tax_choices(quote.on, lines)
        widget.sum_url = reverse("quote_sum", args=[quote.pk])
        self.initial["lines"] = lines


class ReasonForm(MoveForm):
    reason = forms.CharField(label=_("because"), max_length=200)


class NewQuoteForm(MoveForm):
    """A quote for a contract's next term, or for one that starts after a gap."""

    months = forms.IntegerField(label=_("months"), min_value=1, max_value=MAX_TERM_MONTHS)
    first_day = forms.DateField(
        label=_("first day"),
        required=False,
        help_text=_("Empty: the day after the last term. A later day leaves a gap, which is shown and stays."),
    )


class AcceptForm(MoveForm):
    """The customer's yes, as the account manager got it."""

    name = forms.CharField(label=_("who accepted"), max_length=100, help_text=_("The person at the customer."))
    file = forms.FileField(
        label=_("the customer's paper"),
        required=False,
        help_text=_("The signed quote, an order or a mail: kept with the quote as proof."),
    )
    note = forms.CharField(label=_("note"), max_length=200, required=False)


class DeclineForm(ReasonForm):
    name = forms.CharField(label=_("who declined"), max_length=100, required=False)


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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        title: Any = self.fields["title"]
        title.queryset = InvoiceTitle.objects.filter(customer=self.instance.customer_id)
        title.help_text = _("Another title fills the buyer's fields below.")


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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _in_currency(self, self.record, min_value=0)


class TakeBackForm(MoveForm):
    """Which payment was recorded by mistake. It stays on the list, with its counterpart."""

    payment = forms.ModelChoiceField(Payment.objects.none(), label=_("payment"), empty_label=None)
    reason = forms.CharField(label=_("because"), max_length=100)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        payment: Any = self.fields["payment"]
        payment.queryset = Payment.objects.filter(invoice=self.record, amount__gt=0)


class CreditForm(MoveForm):
    amount = forms.DecimalField(label=_("amount"), max_digits=15)
    credited_on = forms.DateField(label=_("day"))
    tax_invoice_number = forms.CharField(label=_("red invoice number"), max_length=40, required=False)
    reason = forms.CharField(label=_("because"), max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _in_currency(self, self.record, min_value=0)


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


def _in_currency(form: MoveForm, invoice: Invoice, **options: Any) -> None:
    """The amount in the invoice's own currency, read as people type it."""
    field = AmountField(currency=invoice.gross.currency, label=form.fields["amount"].label, **options)
    field.widget.attrs["class"] = "form-control text-end"
    field.widget.attrs["data-suffix"] = invoice.gross.currency.code
    form.fields["amount"] = field


class TaxRateForm(SheetForm):
    class Meta:
        model = TaxRate
        fields = ["name", "rate", "tax_code", "valid_from", "valid_to", "is_default"]
        field_classes = {"rate": PercentField}
