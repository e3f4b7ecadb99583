"""Judging the items of an inspection: the page is a list of inputs, which a story names by the words of the items."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from ops.stories.acts import Mistake, one_of
from ops.stories.visitor import Data
from service.checks.enums import Area, CheckState, Outcome
from service.pages.check_lines import ReviewLine

_JUDGED = ("state", "value", "note")


class CheckForm(forms.Form):
    """What an area takes. `items` is `{"words of the item": {"state": "abnormal", "value": "…", "note": "…"}}`; `rest` calls
    all that nobody judged yet normal."""

    area = forms.ChoiceField(choices=Area.choices)
    items = forms.JSONField(required=False)
    rest = forms.BooleanField(required=False)


class ReviewForm(forms.Form):
    """What became of an earlier finding, which is named by its text."""

    finding = forms.CharField()
    outcome = forms.ChoiceField(choices=Outcome.choices)
    note = forms.CharField(required=False)


def _known(form: type[forms.Form], values: Mapping[str, Any]) -> None:
    fields = list(form.base_fields)
    for name in values:
        if name not in fields:
            raise one_of(name, name, fields, "field")


def area_address(pk: int, shown: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Where an area is stored. Raises `Mistake` for one that is not there."""
    area = values.get("area")
    if area not in Area.values:
        raise one_of("area", str(area), list(Area.values), "area")
    return reverse("inspection_checks_area", args=[pk, area])


def filled_area(shown: Mapping[str, Any], values: Mapping[str, Any]) -> Data:
    """The inputs of an area as they stand, with what the story says of some."""
    _known(CheckForm, values)
    lines = [line for block in shown["areas"] if block.area == values.get("area") for line in block.lines]
    judged = values.get("items") or {}
    if not isinstance(judged, Mapping):
        raise Mistake("items", "'items' is an object: {words of the item: {state, value, note}}.")
    words = [line.text for line in lines]
    for text in judged:
        if text not in words:
            raise one_of("items", text, words, "item")
    inputs: dict[str, list[str]] = {"rest": ["normal"]} if values.get("rest") else {}
    for line in lines:
        said = judged.get(line.text, {})
        inputs[f"version-{line.check.pk}"] = [str(line.version)]
        for name in _JUDGED:
            inputs[f"{name}-{line.check.pk}"] = [str(said.get(name, getattr(line, name)))]
        if said.get("state", "") not in ("", *CheckState.values):
            raise one_of("items", str(said["state"]), list(CheckState.values), "state of an item")
    return Data(inputs)


def review_address(pk: int, shown: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Where the word on an earlier finding is stored. Raises `Mistake` for one that this inspection need not look at."""
    return reverse("inspection_review", args=[pk, _line(shown, values).finding.pk])


def filled_review(shown: Mapping[str, Any], values: Mapping[str, Any]) -> Data:
    """What became of the finding, on the version that is shown."""
    _known(ReviewForm, values)
    review = _line(shown, values).review
    inputs = {"outcome": [str(values.get("outcome", ""))], "note": [str(values.get("note", ""))]}
    return Data(inputs | ({"version": [str(review.version)]} if review else {}))


def _line(shown: Mapping[str, Any], values: Mapping[str, Any]) -> ReviewLine:
    lines: list[ReviewLine] = shown["reviews"]
    for line in lines:
        if line.finding.text == values.get("finding"):
            return line
    raise one_of("finding", str(values.get("finding")), [line.finding.text for line in lines], "earlier finding")
