"""Filling in a form: the values of a story as what a browser would send, over what the form starts with."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db.models import Model
from djmoney.forms.fields import MoneyField
from PIL import Image, ImageDraw

from base.ui.forms import SheetForm
from base.ui.page import page_of
from base.ui.signature import SignatureField
from billing.line_fields import LinesField
from billing.models import Line
from ops.stories.acts import Mistake, one_of
from ops.stories.pages import Names, all_declared
from ops.stories.parts import kinds_of, part_names
from ops.stories.visitor import Data

#: What a story writes for a name signed by hand.
SIGNED = "signed"


@dataclass(frozen=True)
class Filler:
    """Fills in forms: knows what stories call records by, and where the files of the story lie."""

    names: Names
    folder: Path

    def fill(self, form: forms.BaseForm | None, values: Mapping[str, Any]) -> Data:
        """What is sent. Raises `Mistake` for a value of a field that the form does not have."""
        inputs: dict[str, list[str]] = {}
        files: dict[str, list[UploadedFile[bytes]]] = {}
        fields = _fields(form, values)
        for name in values:
            if name not in fields:
                raise one_of(name, name, list(fields), "field")
        for name, field in fields.items():
            assert form is not None
            prefixed = form.add_prefix(name)
            given = name in values
            start = _initial(form, name)
            value = values[name] if given else start
            if isinstance(field, MoneyField):
                inputs.update(_money(prefixed, field, start, values.get(name) if given else None))
            elif isinstance(field, forms.FileField):
                if given and value:
                    files[prefixed] = [self._file(name, each) for each in _list(value)]
            else:
                inputs.update(self._inputs(prefixed, name, field, value, given=given))
        return Data(inputs, files)

    def _inputs(
        self, prefixed: str, name: str, field: forms.Field, value: object, *, given: bool
    ) -> Mapping[str, list[str]]:
        match field:
            case LinesField():
                return _lines(prefixed, field, value)
            case SignatureField():
                return {prefixed: [self._signature(name, value)] if value else [""]}
            case forms.ModelMultipleChoiceField():
                return {prefixed: [self._key(name, field, each, given=given) for each in _list(value)]}
            case forms.ModelChoiceField():
                return {prefixed: [self._key(name, field, value, given=given)]}
            case forms.MultipleChoiceField() | forms.TypedMultipleChoiceField():
                return {prefixed: [str(each) for each in _list(value)]}
            case forms.BooleanField():
                return {prefixed: ["on"]} if value else {}
        return {prefixed: [_text(field, value)]}

    def _key(self, name: str, field: "forms.ModelChoiceField[Model]", value: object, *, given: bool) -> str:
        """The key of a chosen record, named by its number, a name given by `as`, or with its page."""
        if value in (None, ""):
            return ""
        if not given:
            return str(field.prepare_value(value))
        assert field.queryset is not None
        if not isinstance(value, (str, dict)):
            raise Mistake(name, f"{value!r} names no record; write its number, or its page and its number.")
        if isinstance(value, str):
            value = _without_page(name, field.queryset.model, value)
        found = self.names.among(field.queryset.all(), value, name)
        return str(field.prepare_value(found))

    def _file(self, name: str, given: object) -> "UploadedFile[bytes]":
        path = self.folder / str(given)
        if not path.is_file():
            raise Mistake(name, f"There is no file {given!r} beside the story.")
        return SimpleUploadedFile(path.name, path.read_bytes())

    def _signature(self, name: str, value: object) -> str:
        data = _signature() if value == SIGNED else self._file(name, value).read()
        return "data:image/png;base64," + base64.b64encode(data).decode()


def _fields(form: forms.BaseForm | None, values: Mapping[str, Any]) -> Mapping[str, forms.Field]:
    """The fields of the form; with those that come only once something is typed, such as "keep this code all the same"."""
    if form is None:
        return {}
    found = {name: field for name, field in form.fields.items() if not field.disabled}
    hidden = [name for name in values if name not in found and name in getattr(type(form), "base_fields", {})]
    if hidden and isinstance(form, SheetForm):
        typed = {name: value for name, value in values.items() if isinstance(value, (str, int, bool))}
        asked = type(form)(typed, instance=form.instance, look=form.look)
        found |= {name: asked.fields[name] for name in hidden if name in asked.fields}
    return found


def _without_page(name: str, model: type[Model], value: str) -> str:
    """The number alone, of one that is named with its page. Raises `Mistake` where that page has other records."""
    slug, sep, rest = value.partition(":")
    if not sep or slug not in {*all_declared(), *part_names()}:
        return value
    page = page_of(model)
    known = kinds_of(model) | ({page.slug} if page else set())
    if slug not in known:
        raise one_of(name, slug, sorted(known), "page to choose from")
    return rest


def _initial(form: forms.BaseForm, name: str) -> object:
    return form[name].value() if name in form.fields else None


def _list(value: object) -> list[object]:
    return [] if value in (None, "") else list(value) if isinstance(value, (list, tuple)) else [value]


def _text(field: forms.Field, value: object) -> str:
    """As it would stand in the input."""
    if value is None:
        return ""
    if isinstance(value, (bool, int, float, str)):
        return str(value)
    shown = field.widget.format_value(field.prepare_value(value))
    return str(shown[0] if isinstance(shown, (list, tuple)) else shown) if shown else ""


def _money(prefixed: str, field: MoneyField, start: object, typed: object) -> Mapping[str, list[str]]:
    """ "240000.00 CNY", or the amount alone: then in the currency the form offers."""
    amount, currency = field.widget.decompress(start)
    if typed is not None:
        before, _sep, code = str(typed).strip().rpartition(" ")
        amount, currency = (before, code) if code in settings.CURRENCIES else (str(typed), currency)
    usual = settings.DEFAULT_CURRENCY
    return {f"{prefixed}_0": ["" if amount is None else str(amount)], f"{prefixed}_1": [str(currency or usual)]}


def _lines(prefixed: str, field: LinesField, value: object) -> Mapping[str, list[str]]:
    """The rows of a table: `[{"text": …, "tax": "6%", "gross": "96000.00"}]`."""
    widget: Any = field.widget
    taxes = list(widget.taxes)
    rows = [each if isinstance(each, dict) else _typed(cast(Line, each)) for each in _list(value)]
    sent = {f"{prefixed}-TOTAL_FORMS": [str(len(rows))], f"{prefixed}-INITIAL_FORMS": ["0"]}
    for place, row in enumerate(rows):
        for name in row:
            if name not in ("text", "tax", "gross"):
                raise one_of("lines", name, ["text", "tax", "gross"], "column of a line")
        wanted = str(row.get("tax", "")).replace(" ", "")
        keys = [key for key, label in taxes if wanted == key or str(label).replace(" ", "").startswith(wanted)]
        if not keys:
            raise one_of("lines", str(row["tax"]), [str(label) for _key, label in taxes], "tax rate")
        sent[f"{prefixed}-{place}-text"] = [str(row.get("text", ""))]
        sent[f"{prefixed}-{place}-tax"] = [keys[0]]
        sent[f"{prefixed}-{place}-gross"] = [str(row.get("gross", ""))]
    return sent


def _typed(line: Line) -> dict[str, str]:
    rate = f"{line.tax_rate.normalize():f}"
    return {"text": line.text, "tax": f"{rate}|{line.tax_code}", "gross": str(line.gross.amount)}


def _signature() -> bytes:
    """A line drawn by hand."""
    picture = Image.new("RGBA", (240, 80), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(20, 60), (80, 20), (130, 60), (220, 25)], fill=(20, 20, 60, 255), width=4)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
