"""What billing adds to the contract's sheet: its invoices."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from base.ui.extension import PageExtension
from base.ui.look import Look
from base.ui.parts import CountOf, SmartButton, Tab
from billing.models import Charge, Invoice
from billing.pages.charges import ChargePage
from billing.pages.invoices import InvoicePage
from contracts.models import Contract


def _invoices(contract: Contract, look: Look) -> QuerySet[Invoice]:
    return Invoice.objects.visible_to(look.user).of_contract(contract)


def _waits(contract: Contract, look: Look) -> QuerySet[Charge]:
    return Charge.objects.visible_to(look.user).filter(contract=contract, waiting__gt=0)


_invoice_count = CountOf(_invoices)


_BUTTON = SmartButton(
    "invoices",
    _("Invoices"),
    InvoicePage.icon,
    count=_invoice_count,
    url=lambda contract, look: f"{InvoicePage.address()}?contract={contract.pk}",
    action="invoices.view",
)
_TO_INVOICE = SmartButton(
    "charges",
    _("To invoice"),
    ChargePage.icon,
    count=CountOf(_waits),
    url=lambda contract, look: f"{ChargePage.address()}?quick=waits&contract={contract.pk}",
    action="invoices.view",
)
_TAB = Tab(
    "invoices",
    _("Invoices"),
    "billing/contract_invoices.html",
    context=lambda contract, look: {"invoices": _invoices(contract, look), "colours": InvoicePage.status_colours},
    action="invoices.view",
    count=_invoice_count,
)


class InvoicesOfContract(PageExtension[Contract], of="contracts"):
    """A contract's invoices, and what waits for one."""

    buttons = (_BUTTON, _TO_INVOICE)
    tabs = (_TAB,)
