"""What a person types about coverage, visits and the plan."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from base.accounts.models import Role, User
from base.ui.forms import MoveForm, SheetForm
from warranty.enums import InspectionResult
from warranty.models import LedgerImport


class AcceptForm(MoveForm):
    accepted_on = forms.DateField(label=_("accepted on"), help_text=_("Coverage starts on this day."))
    file = forms.FileField(
        label=_("signed certificate"), required=False, help_text=_("PDF or picture; kept with the contract.")
    )


class CorrectForm(MoveForm):
    accepted_on = forms.DateField(label=_("accepted on"))
    reason = forms.CharField(label=_("because"), max_length=200)


class GoodwillForm(MoveForm):
    months = forms.IntegerField(label=_("months"), min_value=1, max_value=36, initial=1)
    first_day = forms.DateField(
        label=_("first day"),
        required=False,
        help_text=_("Only to take up lapsed coverage again; else the day after the last term."),
    )


class LastDayForm(MoveForm):
    last_day = forms.DateField(label=_("last day"))
    reason = forms.CharField(label=_("because"), max_length=200)


def engineers() -> QuerySet[User]:
    """Who may be sent to a customer."""
    return User.objects.filter(Q(role=Role.ENGINEER) | Q(role=Role.SERVICE_MANAGER), is_active=True)


class EngineerForm(MoveForm):
    engineer = forms.ModelChoiceField(
        User.objects.none(), label=_("engineer"), required=False, empty_label=_("nobody yet")
    )

    def arrange(self) -> None:
        super().arrange()
        engineer: Any = self.fields["engineer"]
        engineer.queryset = engineers()


class RescheduleForm(MoveForm):
    to = forms.DateField(label=_("visit on"))

    def arrange(self) -> None:
        super().arrange()
        widget = self.fields["to"].widget
        widget.attrs |= {"min": self.record.window_first.isoformat(), "max": self.record.window_last.isoformat()}
        self.fields["to"].help_text = _("The window: %(first)s … %(last)s.") % {
            "first": self.record.window_first,
            "last": self.record.window_last,
        }


class ReportForm(MoveForm):
    visited_on = forms.DateField(label=_("visited on"))
    result = forms.ChoiceField(label=_("result"), choices=InspectionResult.choices, widget=forms.RadioSelect)
    findings = forms.CharField(label=_("findings and advice"), required=False, widget=forms.Textarea)
    file = forms.FileField(
        label=_("signed report"), required=False, help_text=_("PDF or picture, with the customer's signature.")
    )


class HoldForm(MoveForm):
    reason = forms.CharField(label=_("because"), max_length=200)


class ImportForm(SheetForm):
    class Meta:
        model = LedgerImport
        fields = ["file", "on"]
        labels = {"file": _("Excel or CSV file"), "on": _("as of")}
        help_texts = {
            "file": _(
                "The ledger as it is: titles, several sheets and merged cells do no harm. Nothing is stored yet."
            ),
            "on": _("A final acceptance after this day is refused."),
        }
        widgets = {"file": forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsb,.xlsm,.ods,.csv"})}

    def arrange(self) -> None:
        super().arrange()
        if self.look:
            self.initial["on"] = self.initial.get("on") or self.look.today
