"""What a person types about visits, their parts, and the price of work that is not covered."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djmoney.forms.fields import MoneyField

from base.accounts.access import may
from base.accounts.models import User
from base.ui.forms import MoveForm
from base.ui.look import Look
from base.ui.signature import SignatureField
from contracts.forms import OperationForm
from contracts.models import Contract
from service import labels
from service.choices import Score
from service.enums import VisitStatus
from service.forms.requests import MomentInput
from service.models import PriceLine, Visit, VisitPart
from service.states import OPEN
from warranty.forms import engineers

#: How long a visit takes unless somebody says otherwise.
USUAL = timedelta(hours=2)


def proposed(look: Look) -> dict[str, Any]:
    """The next full hour, and as long as visits usually take."""
    hour = timezone.localtime(look.now).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"planned_at": hour, "planned_until": hour + USUAL}


class TimeForm(MoveForm):
    """When, and who."""

    planned_at = forms.DateTimeField(label=_("planned from"), widget=MomentInput())
    planned_until = forms.DateTimeField(label=_("planned until"), widget=MomentInput())
    engineer = forms.ModelChoiceField(User.objects.none(), label=_("engineer"))

    def arrange(self) -> None:
        super().arrange()
        engineer: Any = self.fields["engineer"]
        engineer.queryset = planned_by(self.look.user) if self.look else engineers()


def planned_by(user: User) -> QuerySet[User]:
    """Whose visits a person plans: an engineer's are their own."""
    return engineers() if may(user, "visits.plan") else engineers().filter(pk=user.pk)


class PlanForm(TimeForm):
    """A visit for a request: what is known of it is filled in already."""

    kind = forms.ChoiceField(label=_("kind"), choices=labels.VISIT_KINDS)
    contact_name = forms.CharField(label=_("whom to ask for"), max_length=80, required=False)
    phone = forms.CharField(label=_("phone"), max_length=50, required=False)
    address = forms.CharField(label=_("address"), max_length=150, required=False)


class VisitForm(OperationForm):
    """A visit as it is planned for a contract; afterwards what is written down of it, never its time or engineer."""

    class Meta:
        model = Visit
        fields = [
            "contract", "kind", "title", "system", "planned_at", "planned_until", "engineer", "contact_name", "phone",
            "address", "covered", "fee", "free_because", "cause", "work", "next_steps",
        ]  # fmt: skip
        field_classes = {"planned_at": forms.DateTimeField, "planned_until": forms.DateTimeField}
        widgets = {"planned_at": MomentInput(), "planned_until": MomentInput()}

    def arrange(self) -> None:
        super().arrange()
        if self.instance.pk:
            self._drop("contract", "planned_at", "planned_until", "engineer")
            if self.instance.status == VisitStatus.PLANNED:
                self._drop("cause", "work", "next_steps")
            return
        self._drop("covered", "fee", "free_because", "cause", "work", "next_steps")
        contract: Any = self.fields["contract"]
        contract.required = True
        engineer: Any = self.fields["engineer"]
        engineer.queryset = planned_by(self.look.user) if self.look else engineers()
        if self.look:
            contract.queryset = Contract.objects.visible_to(self.look.user)
            self.initial = {**proposed(self.look), **self.initial}

    def _drop(self, *names: str) -> None:
        for name in names:
            del self.fields[name]


class CameForm(MoveForm):
    arrived_at = forms.DateTimeField(
        label=_("arrived at"), widget=MomentInput(), required=False, help_text=_("Empty: now.")
    )


class StayForm(MoveForm):
    """When somebody really came and left."""

    arrived_at = forms.DateTimeField(label=_("arrived at"), widget=MomentInput())
    left_at = forms.DateTimeField(label=_("left at"), widget=MomentInput())
    reason = forms.CharField(label=_("because"), max_length=200)

    def arrange(self) -> None:
        super().arrange()
        if self.record.left_at is None:
            del self.fields["left_at"]


class LeaveForm(MoveForm):
    left_at = forms.DateTimeField(label=_("left at"), widget=MomentInput(), required=False, help_text=_("Empty: now."))
    cause = forms.CharField(label=_("cause"), widget=forms.Textarea, required=False)
    work = forms.CharField(label=_("work done"), widget=forms.Textarea)
    next_steps = forms.CharField(label=_("open points and plan"), widget=forms.Textarea, required=False)
    fee = MoneyField(  # type: ignore[no-untyped-call]
        label=_("fee"), max_digits=13, decimal_places=2, required=False,
        help_text=_("For work outside coverage, without parts."),
    )  # fmt: skip
    free_because = forms.CharField(
        label=_("free, because"), max_length=200, required=False, help_text=_("Only where no fee is asked.")
    )
    solved = forms.BooleanField(
        label=_("The trouble is solved"), required=False, help_text=_("The request is solved at the time of leaving.")
    )
    signature = SignatureField(label=_("engineer's signature"), required=False)

    def arrange(self) -> None:
        super().arrange()
        if self.record.covered:
            del self.fields["fee"], self.fields["free_because"]
        if self.record.request is None or self.record.request.status not in OPEN:
            del self.fields["solved"]


class SignForm(MoveForm):
    signer = forms.CharField(label=_("signed by"), max_length=80)
    signed_on = forms.DateField(label=pgettext_lazy("service record", "signed on"))
    satisfaction = forms.TypedChoiceField(
        label=_("satisfaction"),
        choices=Score.choices,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )
    remark = forms.CharField(label=_("the customer's remark"), widget=forms.Textarea, required=False)
    signature = SignatureField(label=_("customer's signature"), required=False)
    signed_copy = forms.FileField(
        label=_("or the paper signed by hand"), required=False, help_text=_("PDF or picture; kept with the visit.")
    )


class CallOffForm(MoveForm):
    reason = forms.CharField(label=_("because"), max_length=200, help_text=_("The customer receives it by mail."))


class PartForm(OperationForm):
    class Meta:
        model = VisitPart
        fields = ["name", "model", "old_serial", "new_serial", "quantity", "cost", "charged"]


class PriceForm(OperationForm):
    class Meta:
        model = PriceLine
        fields = ["text", "amount", "agreed_at", "agreed_by"]
        field_classes = {"agreed_at": forms.DateTimeField}
        widgets = {"agreed_at": MomentInput()}
        help_texts = {"agreed_by": _("Noted by hand; or ask the customer by a link, and both fill themselves.")}
