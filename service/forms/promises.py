"""What is typed about promises, what was given for them, how content customers are, and what being late costs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from base.ui.forms import MoveForm, PercentField, SheetForm
from contracts.models import Contract
from service.choices import Score
from service.models import Commitment, CommitmentTemplate, Delivery, FulfilmentReport, PenaltyRule
from warranty.forms import engineers

_PROMISE = ["kind", "text", "text_en", "amount", "unit", "milestone", "offset_days", "department", "phone", "position"]


class TemplateForm(SheetForm):
    class Meta:
        model = CommitmentTemplate
        fields = [*_PROMISE, "active"]


class CommitmentForm(SheetForm):
    class Meta:
        model = Commitment
        fields = ["contract", *_PROMISE[:-2], "responsible", "phone", "position"]

    def arrange(self) -> None:
        super().arrange()
        if self.instance.pk:
            del self.fields["contract"]


class ConfirmForm(MoveForm):
    kept_on = forms.DateField(label=_("kept on"))
    note = forms.CharField(label=_("how it is known"), max_length=200)


class DeliveryForm(SheetForm):
    file = forms.FileField(
        label=_("sheet of attendance, or receipt"),
        required=False,
        help_text=_("PDF or picture. What has no proof is not counted."),
    )

    class Meta:
        model = Delivery
        fields = [
            "contract", "kind", "title", "first_day", "last_day", "days", "audience", "people", "by", "by_name", "note",
            "file",
        ]  # fmt: skip
        help_texts = {"days": _("Of a training: half a day is 0.5.")}

    def arrange(self) -> None:
        super().arrange()
        self.fields["last_day"].required = False
        by: Any = self.fields["by"]
        by.queryset = engineers()
        if self.instance.pk:
            del self.fields["contract"], self.fields["file"]


class ProofForm(MoveForm):
    file = forms.FileField(label=_("sheet of attendance, or receipt"), help_text=_("PDF or picture."))


class PhoneForm(MoveForm):
    score = forms.TypedChoiceField(label=_("score"), choices=Score.choices, coerce=int, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("comment"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    name = forms.CharField(label=_("answered by"), max_length=100)


class PenaltyRuleForm(SheetForm):
    class Meta:
        model = PenaltyRule
        fields = ["contract", "unit", "rate", "base", "grace", "cap_rate"]
        field_classes = {"cap_rate": PercentField}

    def arrange(self) -> None:
        super().arrange()
        if self.instance.pk:
            del self.fields["contract"]
        elif self.look:
            contract: Any = self.fields["contract"]
            contract.queryset = Contract.objects.visible_to(self.look.user)


class ReportForm(MoveForm):
    first_day = forms.DateField(label=_("first day"))
    last_day = forms.DateField(label=_("last day"))
    summary = forms.CharField(
        label=_("summary"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your words at the head of the report."),
    )
    with_quote = forms.BooleanField(
        label=_("goes with the renewal quote"),
        required=False,
        help_text=_("The next quote that leaves by mail carries it."),
    )


class EditReportForm(SheetForm):
    class Meta:
        model = FulfilmentReport
        fields = ["summary", "with_quote"]
