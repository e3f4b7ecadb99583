"""Forms in the house's look: one base for every model's form, and the inputs a browser does not bring."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from djmoney.forms.fields import MoneyField
from djmoney.forms.widgets import MoneyWidget

from base.accounts.models import User
from base.lib.dates import YEARS
from base.lib.errors import Refused
from base.lib.money import as_typed
from base.ui.inputs import keys
from base.ui.look import Look, Text

if TYPE_CHECKING:
    from base.ui.paths import AnyField

Number: TypeAlias = int | float | Decimal
#: What a select is made of: the name of a group, its options, and the place of the first.
Options: TypeAlias = tuple[str | None, list[dict[str, Any]], int | None]


class DateInput(forms.DateInput):
    """The browser's own date picker, which always speaks ISO."""

    input_type = "date"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs=dict(attrs or {}), format="%Y-%m-%d")


class RelationSelect(forms.Select):
    """A related record: only the chosen one is in the page, the others are looked up while typing."""

    def __init__(self, field: "forms.ModelChoiceField[Model]") -> None:
        super().__init__(attrs={"data-relation": ""})
        self.is_required = field.required
        self.field = field

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Options]:
        chosen = keys([str(each) for each in value])
        field = self.field
        kept = list(field.queryset.filter(pk__in=chosen)) if chosen and field.queryset is not None else []
        entries = [("", "")] + [(field.prepare_value(each), field.label_from_instance(each)) for each in kept]
        return [
            (None, [self.create_option(name, key, label, str(key) in value, place)], place)
            for place, (key, label) in enumerate(entries)
        ]


class PercentField(forms.DecimalField):
    """A share of one, typed, shown and complained about as per cent: 20 is stored as 0.2000.

    `min_value` and `max_value` are per cent; `decimal_places` are those of the share, as a model's field gives them.
    """

    def __init__(self, *, min_value: Number | None = None, max_value: Number | None = None, **options: Any) -> None:
        if options.get("decimal_places") is not None:
            options["decimal_places"] = max(0, options["decimal_places"] - 2)
        super().__init__(**options)
        self._bound(min_value, max_value)

    def bound_by(self, stored: "AnyField") -> None:
        """Take the limits of the model's field for its own: the model would tell them as shares."""
        limits = {type(each): each.limit_value for each in stored.validators if isinstance(each, BaseValidator)}
        low, high = limits.get(MinValueValidator), limits.get(MaxValueValidator)
        self._bound(None if low is None else low * 100, None if high is None else high * 100)

    def _bound(self, low: Number | None, high: Number | None) -> None:
        if low is not None:
            self.validators.append(MinValueValidator(_plain(low), _("At least %(limit_value)s %%.")))
        if high is not None:
            self.validators.append(MaxValueValidator(_plain(high), _("At most %(limit_value)s %%.")))

    def prepare_value(self, value: object) -> object:
        return str(_plain(value * 100)) if isinstance(value, Decimal) else value

    def clean(self, value: object) -> Decimal | None:
        typed = super().clean(str(value).rstrip(" %％") if value else value)
        return None if typed is None else typed / 100

    def has_changed(self, initial: object, data: object) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "data-suffix": "%"}


def _plain(number: Number) -> Decimal:
    """Without the zeros that storing adds, and never in powers of ten."""
    return Decimal(f"{Decimal(number).normalize():f}")


class SheetForm(forms.ModelForm):  # type: ignore[type-arg]
    """The base of every model's form: dressed fields, and relations looked up while typing.

    `look` is who is editing: fields the person may not see are taken out by the page before it is shown.
    """

    def __init__(self, *args: Any, look: Look | None = None, **options: Any) -> None:
        self.look = look
        #: Fields that are no columns of the page: what they are called together, by the field they belong to.
        self.beside: dict[str, tuple[Text, tuple[str, ...]]] = {}
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if isinstance(field, PercentField):
                field.bound_by(self._meta.model._meta.get_field(name))
        dress(self, lookup=True)
        self.arrange()

    def arrange(self) -> None:
        """For subclasses: narrow choices, take fields out, word labels, once the form knows its record and its look."""


class AmountField(forms.DecimalField):
    """A figure of money as people type it: 28万, with commas, blanks, full-width digits or a currency sign."""

    def to_python(self, value: object) -> Any:
        return super().to_python(as_typed(value) if isinstance(value, str) else value)


class MoveForm(forms.Form):
    """The base of a move's form. `record` is what is moved (the list of records in bulk), `look` who moves it.

    A related record is chosen from all options, so narrow the field's queryset to a handful in `arrange`.
    """

    def __init__(self, *args: Any, record: Any = None, look: Look | None = None, **options: Any) -> None:
        self.record, self.look = record, look
        super().__init__(*args, **options)
        dress(self)
        self.arrange()

    def arrange(self) -> None:
        """For subclasses: narrow choices and take fields out, once the form knows its record and its look."""


class TodoForm(MoveForm):
    """A to-do a person writes for a colleague or for themselves."""

    text = forms.CharField(label=_("what is to be done"), max_length=300)
    due_on = forms.DateField(label=_("due on"))
    assignee = forms.ModelChoiceField(User.objects.filter(is_active=True), label=_("for"))


def real_day(value: date) -> None:
    """A date of a year that can be meant: a browser takes a typed `25` for the year 25."""
    if value.year not in YEARS:
        years = {"first": YEARS[0], "last": YEARS[-1]}
        raise forms.ValidationError(_("Enter a date between %(first)s and %(last)s."), params=years, code="year")


def dress(form: forms.BaseForm, *, lookup: bool = False) -> None:
    """Give every field the widget and the classes of the house.

    With `lookup` relations are searched while typing; without, all their options are in the page.
    """
    for field in form.fields.values():
        if isinstance(field, (forms.DateField, forms.DateTimeField)) and real_day not in field.validators:
            field.validators.append(real_day)
        widget = field.widget
        if lookup and isinstance(field, forms.ModelChoiceField) and type(widget) is forms.Select:
            field.widget = widget = RelationSelect(field)
        elif isinstance(field, forms.DateField) and type(widget) is forms.DateInput:
            field.widget = widget = DateInput()
        elif isinstance(field, MoneyField):
            _dress_money(field)
            continue
        widget.attrs["class"] = f"{widget.attrs.get('class', '')} {_class_of(widget)}".strip()
        if isinstance(widget, forms.Textarea):
            widget.attrs["rows"] = 3


def _dress_money(field: MoneyField) -> None:
    widget = field.widget
    assert isinstance(widget, MoneyWidget)
    number, currency = field.fields
    if type(number) is forms.DecimalField:
        limits = {name: getattr(number, name) for name in ("max_digits", "decimal_places", "min_value", "max_value")}
        field.fields = (AmountField(required=number.required, localize=number.localize, **limits), currency)
    widget.widgets[1].choices = [(code, code) for code in settings.CURRENCIES]  # type: ignore[attr-defined]
    widget.widgets[0].attrs.update(
        {"class": "form-control text-end", "inputmode": "decimal", "aria-label": _("amount")}
    )
    widget.widgets[1].attrs.update({"class": "form-select", "aria-label": _("currency")})


def _class_of(widget: forms.Widget) -> str:
    match widget:
        case forms.CheckboxInput() | forms.CheckboxSelectMultiple() | forms.RadioSelect():
            return "form-check-input"
        case forms.Select():
            return "form-select"
    return "form-control"


def refuse(form: forms.BaseForm, refusal: Refused) -> None:
    """Show an operation's refusal at the field it is about, else above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))


def stored_beside(form: SheetForm, stored: Model) -> dict[str, Any]:
    """Of a save that came too late: each field whose stored value differs from what was typed, with that value."""
    return {
        name: getattr(stored, name)
        for name, typed in getattr(form, "cleaned_data", {}).items()
        if name != NON_FIELD_ERRORS and hasattr(stored, name) and getattr(stored, name) != typed
    }
