"""A form is filled in as a browser would send it: what the story says, over what the form starts with."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.utils import timezone
from djmoney.forms.fields import MoneyField
from moneyed import Money

from base.accounts.models import User
from base.ui.forms import PercentField
from base.ui.signature import SignatureField
from ops.stories.acts import Mistake
from ops.stories.filling import Filler
from ops.stories.pages import Names
from service.forms.requests import MomentInput
from tests.factories import UserFactory


class EveryForm(forms.Form):
    text = forms.CharField(initial="as it was")
    on = forms.DateField(initial=date(2026, 11, 22))
    at = forms.DateTimeField(widget=MomentInput(), initial=datetime(2026, 11, 22, 1, 30, tzinfo=UTC))
    rate = PercentField(initial=None)
    amount = MoneyField()
    agree = forms.BooleanField(required=False, initial=True)
    several = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], initial=["a"])
    person = forms.ModelChoiceField(User.objects.all())
    people = forms.ModelMultipleChoiceField(User.objects.all())
    paper = forms.FileField()
    signature = SignatureField()


@pytest.fixture
def fill(tmp_path):
    def filled(values, form=None):
        with timezone.override("Asia/Shanghai"):
            return Filler(Names(), tmp_path).fill(
                form or EveryForm(initial={"amount": Money("96000.00", "USD")}), values
            )

    return filled


def test_what_is_not_named_is_sent_as_it_stands(fill):
    inputs = fill({}).inputs

    assert (inputs["text"], inputs["on"], inputs["at"]) == (["as it was"], ["2026-11-22"], ["2026-11-22T09:30"])
    assert (inputs["amount_0"], inputs["amount_1"]) == (["96000.00"], ["USD"])
    assert (inputs["agree"], inputs["several"], inputs["person"]) == (["on"], ["a"], [""])
    assert (inputs["rate"], inputs["signature"]) == ([""], [""])


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        ({"text": 7}, {"text": ["7"]}),
        ({"text": None}, {"text": [""]}),
        ({"on": "2026-02-30"}, {"on": ["2026-02-30"]}),
        ({"rate": "20"}, {"rate": ["20"]}),
        ({"amount": "1.00"}, {"amount_0": ["1.00"], "amount_1": ["USD"]}),
        ({"amount": "1.00 EUR"}, {"amount_0": ["1.00"], "amount_1": ["EUR"]}),
        ({"amount": "a lot"}, {"amount_0": ["a lot"], "amount_1": ["USD"]}),
        ({"several": ["a", "b"]}, {"several": ["a", "b"]}),
        ({"several": "b"}, {"several": ["b"]}),
    ],
)
def test_what_is_named_is_sent_as_it_is_typed(fill, values, sent):
    inputs = fill(values).inputs

    assert {name: inputs[name] for name in sent} == sent


def test_a_tick_is_taken_away(fill):
    assert "agree" not in fill({"agree": False}).inputs


@pytest.mark.django_db
def test_people_are_chosen_by_their_log_in(fill):
    chen, li = UserFactory(username="chen"), UserFactory(username="li")
    inputs = fill({"person": "users:chen", "people": ["chen", "users:li"]}).inputs

    assert inputs["person"] == [str(chen.pk)]
    assert inputs["people"] == [str(chen.pk), str(li.pk)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("users:nobody", "There is no nobody"),
        ("contracts:HT-1", "There is no page to choose from 'contracts'; there are: users."),
        (7, "7 names no record"),
    ],
)
def test_a_record_that_is_none_of_the_choices_is_told(fill, value, sentence):
    with pytest.raises(Mistake, match=sentence) as told:
        fill({"person": value})

    assert told.value.field == "person"


def test_a_file_lies_beside_the_story(fill, tmp_path):
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4")
    (sent,) = fill({"paper": "paper.pdf"}).files["paper"]

    assert (sent.name, sent.read()) == ("paper.pdf", b"%PDF-1.4")
    with pytest.raises(Mistake, match="There is no file 'other"):
        fill({"paper": "other.pdf"})


def test_a_signature_is_drawn(fill):
    sent = fill({"signature": "signed"}).inputs["signature"]

    assert SignatureField().clean(sent[0]).read().startswith(b"\x89PNG")


def test_a_field_that_is_not_there_is_told_with_those_that_are(fill):
    with pytest.raises(Mistake, match="There is no field 'colour'; there are: text, on, at") as told:
        fill({"colour": "red"})

    assert told.value.field == "colour"
