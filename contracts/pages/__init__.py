"""The screens of customers and contracts."""

from contracts.pages.contracts import ContractPage
from contracts.pages.customers import CustomerPage

__all__ = ["ContractPage", "CustomerPage"]
