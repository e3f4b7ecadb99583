"""What a person types about customers and contracts."""

from base.ui.forms import PercentField, SheetForm
from contracts.models import Contract, Customer


class CustomerForm(SheetForm):
    class Meta:
        model = Customer
        fields = ["name", "credit_code", "address", "language", "budget_funded", "no_mail", "note"]


class ContractForm(SheetForm):
    class Meta:
        model = Contract
        fields = [
            "number",
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
