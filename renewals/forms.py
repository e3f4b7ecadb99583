"""What a person types about a renewal quote and the customer's answer."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from base.ui.forms import MoveForm, SheetForm
from billing.forms import ReasonForm
from billing.line_fields import LinesField, tax_choices
from contracts.rules import MAX_TERM_MONTHS
from renewals.models import RenewalQuote


class QuoteForm(SheetForm):
    """Months and lines of a draft; the price is the lines' sum."""

    lines = LinesField(label=_("Lines"))

    class Meta:
        model = RenewalQuote
        fields = ["months"]

    def arrange(self) -> None:
        super().arrange()
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


class WordedForm(MoveForm):
    """This one mail as a person words it."""

    subject = forms.CharField(label=_("subject"), max_length=200)
    wording = forms.CharField(
        label=_("text"),
        widget=forms.Textarea(attrs={"rows": 18, "class": "mail-wording"}),
        help_text=_(
            "Leave {reader} and {link} as they are: the reader's name and link are put in when the mail leaves."
        ),
    )


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
