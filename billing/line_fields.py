"""Priced lines as one form field: a table of inputs, of which the last row is empty and waits for one more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from moneyed import Currency, Money

from base.lib.money import minor_digits, total
from base.ui.cells import percent_text
from base.ui.forms import AmountField
from billing.lines import LineInput
from billing.models import Line, TaxRate

MAX_LINES = 30

Choices = Sequence[tuple[str, str]]


class LineAmountField(AmountField):
    """The amount of a line."""

    def __init__(self, *, currency: Currency | str = "CNY", **options: Any) -> None:
        options.setdefault("max_digits", 13)
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "text-end"})
        super().__init__(decimal_places=minor_digits(currency), widget=widget, **options)


class LineForm(forms.Form):
    """One row. A row without text and amount is no line, whatever its tax rate says."""

    text = forms.CharField(max_length=200)
    tax = forms.ChoiceField()

    def __init__(self, *args: Any, taxes: Choices = (), currency: Currency, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["tax"].choices = taxes  # type: ignore[attr-defined]
        self.fields["gross"] = LineAmountField(currency=currency, min_value=0)
        for name, label in (("text", _("item")), ("tax", _("tax rate")), ("gross", _("gross"))):
            attrs = self.fields[name].widget.attrs
            kind = "form-select" if name == "tax" else "form-control"
            attrs.update({"class": f"{kind} {attrs.get('class', '')}".strip(), "aria-label": label})

    def has_changed(self) -> bool:
        return bool(self.typed("text") or self.typed("gross"))

    def typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")).strip()

    def line(self, currency: Currency) -> LineInput:
        rate, _sign, code = self.cleaned_data["tax"].partition("|")
        return LineInput(self.cleaned_data["text"], Decimal(rate), code, Money(self.cleaned_data["gross"], currency))


class _Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of which any may be emptied, and so taken out."""

    def _construct_form(self, i: int, **options: Any) -> LineForm:
        form: LineForm = super()._construct_form(i, **{**options, "empty_permitted": True})
        return form

    def unread(self) -> list[str]:
        """Amounts that are typed and cannot be read."""
        self.is_valid()
        return [each.typed("gross") for each in self.forms if each.typed("gross") and "gross" in each.errors]

    def typed(self) -> list[dict[str, str]]:
        """The rows that are filled in and not taken out, as they were typed."""
        kept = [each for each in self.forms if each.has_changed() and not each.typed("DELETE")]
        return [{name: each.typed(name) for name in ("text", "tax", "gross")} for each in kept]


LineFormSet = forms.formset_factory(
    LineForm, formset=_Rows, extra=1, can_delete=True, max_num=MAX_LINES, absolute_max=MAX_LINES + 1, validate_max=True
)


def tax_key(rate: Decimal, code: str) -> str:
    return f"{rate.normalize():f}|{code}"


def tax_choices(on: date, lines: Iterable[Line] = ()) -> list[tuple[str, str]]:
    """The rates valid on a day, the default first, and those the lines bear already."""
    rates = TaxRate.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on).order_by(
        "-is_default", "pk"
    )
    found = {tax_key(each.rate, each.tax_code): f"{percent_text(each.rate)} {each.name}" for each in rates}
    for line in lines:
        found.setdefault(
            tax_key(line.tax_rate, line.tax_code), f"{percent_text(line.tax_rate)} {line.tax_code}".strip()
        )
    return list(found.items())


class LinesWidget(forms.Textarea):
    """The table. As long text does, it takes the whole width of its form: hence the base class."""

    taxes: Choices = ()
    currency: Currency
    #: Where the form as it stands can be summed up against the cap.
    sum_url = ""

    def formset(
        self, data: Mapping[str, Any] | None, name: str, initial: Sequence[Mapping[str, Any]] | None = None
    ) -> _Rows:
        kwargs = {"taxes": self.taxes, "currency": self.currency}
        rows: _Rows = LineFormSet(data, prefix=name, initial=initial, form_kwargs=kwargs)  # type: ignore[assignment]
        return rows

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> _Rows:
        return self.formset(data, name)

    def render(
        self,
        name: str,
        value: "_Rows | Iterable[Line] | None",
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        if not isinstance(value, _Rows):
            initial = [
                {"text": each.text, "tax": tax_key(each.tax_rate, each.tax_code), "gross": each.gross.amount}
                for each in value or []
            ]
            value = self.formset(None, name, initial)
        return render_to_string(
            "billing/lines.html", {"formset": value, "currency": self.currency, "url": self.sum_url}
        )

    def id_for_label(self, id_: str | None) -> str:
        return "id_lines-0-text"

    def use_required_attribute(self, initial: object) -> bool:
        return False


class LinesField(forms.Field):
    """Cleans to the `LineInput`s of the rows that are filled in and not taken out."""

    widget = LinesWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def clean(self, value: _Rows) -> list[LineInput]:
        if not value.is_valid():
            raise forms.ValidationError(_("Look at the marked lines."), code="lines")
        kept = [each for each in value.forms if each.has_changed() and not each.cleaned_data.get("DELETE")]
        return [each.line(self.widget.currency) for each in kept]

    def sum_of(self, value: _Rows) -> Money:
        """What the rows come to, as far as their amounts can be read."""
        value.is_valid()
        rows = [each.cleaned_data for each in value.forms if not each.cleaned_data.get("DELETE")]
        currency = self.widget.currency
        return total([Money(row["gross"], currency) for row in rows if row.get("gross")], currency)
