"""What is typed about remote access and project managers."""

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.ui.forms import MoveForm
from contracts.models import Contact, Contract
from service.forms.requests import MomentInput
from service.models import ServiceRequest
from warranty.forms import EngineerForm


def contract_of(record: Model) -> Contract | None:
    """The contract a move's record is, or belongs to."""
    return record if isinstance(record, Contract) else getattr(record, "contract", None)


class _AskForm(MoveForm):
    """Whom to ask: somebody at the contract's customer who can be written to."""

    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("who is asked"), required=False)

    def arrange(self) -> None:
        super().arrange()
        contract, contact = contract_of(self.record), self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        if contract:
            contact.queryset = Contact.objects.filter(customer=contract.customer_id)
        contact.empty_label = _("who reads the contract's mail")


class AccessForm(_AskForm, EngineerForm):
    system = forms.CharField(label=_("system"), max_length=150)
    purpose = forms.CharField(label=_("what is to be done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    starts_at = forms.DateTimeField(label=pgettext_lazy("access", "from"), widget=MomentInput())
    ends_at = forms.DateTimeField(label=pgettext_lazy("access", "to"), widget=MomentInput())
    field_order = ["system", "purpose", "engineer", "starts_at", "ends_at", "contact"]

    def arrange(self) -> None:
        super().arrange()
        self.fields["engineer"].required = True


class ManagerChangeForm(_AskForm):
    incoming = forms.CharField(label=_("new project manager"), max_length=60)
    reason = forms.CharField(label=_("reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    qualification = forms.CharField(
        label=_("qualification of the new one"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Not less than that of the one before: the customer reads it."),
    )
    effective_on = forms.DateField(label=pgettext_lazy("manager change", "from"))
    field_order = ["incoming", "reason", "qualification", "effective_on", "contact"]


class LetterForm(MoveForm):
    name = forms.CharField(label=_("answered by"), max_length=100)
    letter = forms.FileField(label=_("customer's letter"), help_text=_("PDF or picture; kept as the proof."))


class RefusedLetterForm(LetterForm):
    reason = forms.CharField(label=_("because"), max_length=200, required=False)


class CallForm(MoveForm):
    """An answer on the phone: who, when, which number."""

    name = forms.CharField(label=_("answered by"), max_length=100)
    answered_at = forms.DateTimeField(label=_("answered at"), widget=MomentInput())
    number = forms.CharField(
        label=_("telephone number"), max_length=50, help_text=_("The customer receives a confirmation by mail.")
    )


class RefusedCallForm(CallForm):
    reason = forms.CharField(label=_("because"), max_length=200, required=False)


class PriceQuestionForm(_AskForm):
    """Whom to ask about the price; without a contract, somebody at the customer."""

    def arrange(self) -> None:
        super().arrange()
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        contact.queryset = Contact.objects.filter(customer=self.record.customer_id)
        contact.empty_label = _("who reported it, else who reads the contract's mail")


class DoneForm(MoveForm):
    done = forms.CharField(label=_("what was done"), widget=forms.Textarea(attrs={"rows": 3}))


class WhyForm(MoveForm):
    reason = forms.CharField(label=_("because"), max_length=200)


def system_of(record: Model) -> str:
    """What the system is called on a request, else the contract's project."""
    if isinstance(record, ServiceRequest) and record.system:
        return record.system
    contract = contract_of(record)
    return contract.project if contract else ""
