"""What a person types about customers and contracts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.models import construct_instance
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from djmoney.forms.fields import MoneyField

from base.accounts.models import Role, User
from base.lib import uscc
from base.ui.forms import MoveForm, PercentField, RelationSelect, SheetForm
from contracts.enums import ContractStatus, Milestone
from contracts.models import Contact, Contract, Customer, InvoiceTitle
from contracts.queries import next_number

KEEP_CODE = "keep_credit_code"


class OperationForm(SheetForm):
    """Rules across fields are the operation's, which says them at the field; the database's words help nobody."""

    def _post_clean(self) -> None:
        """As Django's, which would also ask the record for its constraints."""
        self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined]
        except ValidationError as problem:
            self._update_errors(problem)  # type: ignore[attr-defined]
        self.validate_unique()


class CustomerForm(OperationForm):
    """A credit code that fails its check is kept only if the person says so (docs/practice.md 1.5)."""

    #: Typed with spaces it is longer than it is stored.
    credit_code = forms.CharField(label=_("unified social credit code"), max_length=40, required=False)
    keep_credit_code = forms.BooleanField(label=_("keep this code all the same"), required=False)

    class Meta:
        model = Customer
        fields = ["name", "credit_code", KEEP_CODE, "address", "region", "language", "budget_funded", "no_mail", "note"]

    def arrange(self) -> None:
        super().arrange()
        if not self._failing():
            del self.fields[KEEP_CODE]

    def _failing(self) -> bool:
        """Whether the code typed now is not the stored one and fails its check."""
        code = uscc.normalise(self.data.get("credit_code", "")) if self.is_bound else ""
        return bool(code) and code != self.instance.credit_code and not uscc.is_valid(code)

    def clean_credit_code(self) -> str:
        return uscc.normalise(self.cleaned_data["credit_code"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if KEEP_CODE in self.fields and not values.pop(KEEP_CODE, False) and "credit_code" not in self.errors:
            self.add_error(
                "credit_code",
                gettext(
                    "The last character does not fit the others: most often a typing error. Correct it, or keep it below."
                ),
            )
        return values


class ContactForm(OperationForm):
    class Meta:
        model = Contact
        fields = ["name", "salutation", "position", "phone", "email", "language"]


class TitleForm(OperationForm):
    class Meta:
        model = InvoiceTitle
        fields = ["name", "tax_number", "address", "phone", "bank_name", "bank_account", "email", "is_default"]


#: What a new contact and a new invoice title are made of, the name first.
NEW_CONTACT = ("new_contact", "new_salutation", "new_phone", "new_email")
NEW_TITLE = ("new_title", "new_tax_number")


class OwnSelect(forms.Select):
    """The few records of one customer, all of them in the page: nothing is looked up."""


class ContractForm(OperationForm):
    """What stands in the contract. What coverage rests on is changed by moves once there is coverage."""

    manager = forms.ModelChoiceField(
        User.objects.filter(is_active=True, role=Role.MANAGER), label=_("account manager"), required=False
    )
    engineer = forms.ModelChoiceField(
        User.objects.filter(is_active=True, role__in=[Role.ENGINEER, Role.SERVICE_MANAGER]),
        label=_("engineer"),
        required=False,
    )

    #: A customer, contact or invoice title that is not there yet is made with the contract.
    new_customer = forms.CharField(label=_("or a new customer"), max_length=100, required=False)
    new_contact = forms.CharField(label=_("new contact"), max_length=60, required=False)
    new_salutation = forms.CharField(
        label=_("form of address"), max_length=20, required=False, help_text=_("Such as 先生, 女士, 处长 or Ms.")
    )
    new_phone = forms.CharField(label=_("phone"), max_length=50, required=False)
    new_email = forms.EmailField(label=_("email"), required=False)
    new_title = forms.CharField(label=_("new invoice title"), max_length=100, required=False)
    new_tax_number = forms.CharField(label=_("tax number"), max_length=40, required=False)

    class Meta:
        model = Contract
        fields = [
            "number",
            "status",
            "customer",
            "project",
            "amount",
            "manager",
            "project_manager",
            "engineer",
            "signed_on",
            "go_live_on",
            "preliminary_acceptance_on",
            "deemed_acceptance_on",
            "free_months",
            "same_day",
            "inspections_per_year",
            "cap_rate",
            "renewal_rate",
            "renewal_mode",
            "renewal_months",
            "contact",
            "title",
            "note",
        ]
        field_classes = {"cap_rate": PercentField, "renewal_rate": PercentField}
        widgets = {"contact": OwnSelect, "title": OwnSelect}

    def arrange(self) -> None:
        super().arrange()
        contract = self.instance
        if contract.pk is None:
            self._begin()
        else:
            del self.fields["status"], self.fields["new_customer"]
            self._own("contact", Contact.objects.filter(customer=contract.customer_id))
            self._own("title", InvoiceTitle.objects.filter(customer=contract.customer_id))
        if not self.look or not self.look.may("customers.edit"):
            for name in (*NEW_CONTACT, *NEW_TITLE, "new_customer"):
                self.fields.pop(name, None)
        if contract.final_acceptance_on:
            for name in ("amount", "free_months", "same_day", "deemed_acceptance_on"):
                del self.fields[name]
        # Whoever is there stays choosable, also after they left: a save must not lose them.
        for name in ("manager", "engineer"):
            field: Any = self.fields[name]
            field.queryset = field.queryset | User.objects.filter(pk=getattr(contract, f"{name}_id"))

    def _begin(self) -> None:
        """A new contract: the next free number, the seller as manager; its customer's people come later."""
        del self.fields["contact"], self.fields["title"]
        names = ("new_customer", *NEW_CONTACT, *NEW_TITLE)
        self.beside = {"customer": (_("Not there yet: made with the contract"), names)}
        self.fields["customer"].required = False
        status: Any = self.fields["status"]
        status.choices = [(each.value, each.label) for each in (ContractStatus.ACTIVE, ContractStatus.DRAFT)]
        if self.look:
            today, user = self.look.today, self.look.user
            manager = user.pk if user.role == Role.MANAGER else None
            for name, value in {"number": next_number(today), "signed_on": today, "manager": manager}.items():
                self.initial[name] = self.initial.get(name) or value

    def _own(self, name: str, rows: QuerySet[Model]) -> None:
        field: Any = self.fields[name]
        field.queryset = rows
        self.beside = {"contact": (_("Not there yet: made with the contract"), (*NEW_CONTACT, *NEW_TITLE))}
        if getattr(self.instance, f"{name}_id") is None and (only := list(rows[:2])) and len(only) == 1:
            self.initial[name] = only[0].pk

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        customer, fresh = values.get("customer"), values.get("new_customer", "")
        if "new_customer" in self.fields and bool(customer) == bool(fresh) and "customer" not in self.errors:
            told = gettext("Choose one, or name a new one: not both.") if fresh else gettext("Choose a customer.")
            self.add_error("customer", told)
        for first, *more in (NEW_CONTACT, NEW_TITLE):
            if not values.get(first) and any(values.get(name) for name in more):
                self.add_error(first, gettext("Enter a name."))
        for name in ("contact", "title"):
            chosen = values.get(name)
            if customer and chosen and chosen.customer_id != customer.pk:
                self.add_error(name, gettext("This belongs to another customer; choose it again after saving."))
        return values


class MilestoneForm(MoveForm):
    milestone = forms.ChoiceField(
        label=_("milestone"), choices=[(each.value, each.label) for each in (Milestone.GO_LIVE, Milestone.PRELIMINARY)]
    )
    reached_on = forms.DateField(label=_("on"))
    file = forms.FileField(
        label=_("signed certificate"), required=False, help_text=_("PDF or picture; kept with the contract.")
    )


class AmendForm(MoveForm):
    """A supplementary agreement; what stays as it is stays empty."""

    number = forms.CharField(label=_("number"), max_length=60, required=False)
    signed_on = forms.DateField(label=_("signed on"))
    effective_on = forms.DateField(label=_("in force from"))
    amount = MoneyField(  # type: ignore[no-untyped-call]
        label=_("new total"),
        required=False,
        max_digits=13,
        decimal_places=2,
        help_text=_("The whole amount from that day on, not the difference."),
    )
    renewal_rate = PercentField(label=_("new renewal rate"), required=False, min_value=0, max_value=100)
    inspections_per_year = forms.IntegerField(
        label=_("new inspections a year"), required=False, min_value=0, max_value=12
    )
    note = forms.CharField(label=_("what it changes"), required=False, widget=forms.Textarea)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        return {name: value for name, value in values.items() if value is not None}


class ReasonForm(MoveForm):
    """A day and a reason: what ends a contract."""

    on = forms.DateField(label=_("on"))
    reason = forms.CharField(label=_("because"), max_length=200, widget=forms.Textarea)


class WhyForm(MoveForm):
    reason = forms.CharField(label=_("because"), max_length=200, widget=forms.Textarea)


class WishForm(MoveForm):
    """Whether the customer is offered a renewal."""

    OFFER, SNOOZE, NEVER = "offer", "snooze", "never"
    wish = forms.ChoiceField(
        label=_("renewal"),
        widget=forms.RadioSelect,
        choices=[
            (OFFER, _("is offered as planned")),
            (SNOOZE, _("waits until a day")),
            (NEVER, _("is not offered any more")),
        ],
    )
    snoozed_until = forms.DateField(label=_("waits until"), required=False)
    reason = forms.CharField(label=_("because"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        wish = values.get("wish")
        if wish == self.SNOOZE and not values.get("snoozed_until"):
            self.add_error("snoozed_until", gettext("Say until when."))
        if wish == self.NEVER and not (values.get("reason") or "").strip():
            self.add_error("reason", gettext("Say why."))
        return values


class HandOverForm(MoveForm):
    to = forms.ModelChoiceField(User.objects.none(), label=_("new account manager"))

    def arrange(self) -> None:
        super().arrange()
        to: Any = self.fields["to"]
        to.queryset = User.objects.filter(is_active=True, role=Role.MANAGER)


class MergeForm(MoveForm):
    """Another customer that is the same; looked up while typing."""

    drop = forms.ModelChoiceField(Customer.objects.none(), label=_("the other customer"))

    def arrange(self) -> None:
        super().arrange()
        drop: Any = self.fields["drop"]
        if self.look:
            drop.queryset = Customer.objects.visible_to(self.look.user).exclude(pk=self.record.pk)
        drop.widget = RelationSelect(drop)
        drop.widget.attrs |= {"data-options": reverse("contracts:options", args=["customer"]), "class": "form-select"}


class TwinForm(MoveForm):
    """Another contract of the same number, and which of the two stays."""

    THIS, OTHER = "this", "other"

    other = forms.ModelChoiceField(Contract.objects.none(), label=_("the other contract"), empty_label=None)
    keep = forms.ChoiceField(label=_("keep"), choices=((OTHER, _("the other contract")), (THIS, _("this one"))))

    def arrange(self) -> None:
        super().arrange()
        if self.look:
            other: Any = self.fields["other"]
            twins = Contract.objects.of_same_number(self.record.number).exclude(pk=self.record.pk)
            other.queryset = twins.visible_to(self.look.user).select_related("customer")
            other.label_from_instance = lambda contract: f"{contract.number} · {contract.customer} · {contract.project}"


class SplitForm(MoveForm):
    """A customer there is, or the name of a new one."""

    to = forms.ModelChoiceField(Customer.objects.none(), label=_("customer"), required=False)
    name = forms.CharField(
        label=_("or a new customer named"), max_length=100, required=False, widget=forms.TextInput(attrs={"size": 40})
    )

    def arrange(self) -> None:
        super().arrange()
        to: Any = self.fields["to"]
        if self.look:
            to.queryset = Customer.objects.visible_to(self.look.user)
        to.widget = RelationSelect(to)
        to.widget.attrs |= {"data-options": reverse("contracts:options", args=["customer"]), "class": "form-select"}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("to")) == bool(values.get("name")) and not self.errors:
            self.add_error("name", _("Choose a customer, or type the name of a new one."))
        return values


class KeepForm(MoveForm):
    """Which of the selected customers stays."""

    keep = forms.ModelChoiceField(Customer.objects.none(), label=_("keep"), empty_label=None)

    def arrange(self) -> None:
        super().arrange()
        keep: Any = self.fields["keep"]
        keep.queryset = Customer.objects.filter(pk__in=[each.pk for each in self.record])
