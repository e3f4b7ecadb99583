"""Billing's paper, filled from the records."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy

from base.documents.pages import Paper, offer
from base.documents.registry import register_paper
from billing.documents.data import PaymentLine, PaymentRequestPaper
from billing.models import Invoice
from billing.queries import outstanding
from contracts.documents import letter_head, sender
from contracts.models import Contract
from contracts.queries import in_force, reader_of


def payment_request(invoice_id: int) -> tuple[str, str, bytes, Model]:
    """请款函 for what an invoice still has open."""
    invoice = Invoice.objects.select_related(
        "customer", "contract__customer", "contract__contact", "contract__manager"
    ).get(pk=invoice_id)
    contract, rest = invoice.contract or _first_contract(invoice), outstanding(invoice)
    open_sum = rest if rest.amount else invoice.gross - invoice.paid - invoice.credited
    text = "；".join(line.text for line in invoice.lines.all())
    head: dict[str, Any] = (
        letter_head(contract) if contract else {"recipient": invoice.customer.name, "sender": sender()}
    )
    paper = PaymentRequestPaper(
        number=invoice.number,
        on=invoice.tax_invoice_on or invoice.on,
        project=invoice.contract.project if invoice.contract else "",
        contract_number=invoice.contract.number if invoice.contract else "",
        contract_amount=in_force(invoice.contract, invoice.tax_invoice_on or invoice.on).amount
        if invoice.contract
        else None,
        amount=open_sum,
        due_on=invoice.due_on,
        lines=[
            PaymentLine(
                invoice.tax_invoice_number or invoice.number,
                invoice.tax_invoice_on or invoice.on,
                text,
                invoice.gross,
                invoice.paid + invoice.credited,
                open_sum,
            )
        ],
        draft=not invoice.tax_invoice_number,
        **head,
    )
    key = f"payment_request:{invoice.pk}:{invoice.version}"
    return (
        key,
        f"请款函_{invoice.number}.pdf",
        paper.render(reader_of(contract).language if contract else invoice.customer.language),
        invoice,
    )


def _first_contract(invoice: Invoice) -> Contract | None:
    """Who is written to about an invoice of several contracts: the reader of the first."""
    line = invoice.lines.exclude(charge__contract=None).select_related("charge__contract").first()
    return line.charge.contract if line else None


def register() -> None:
    """Called once by `AppConfig.ready`."""
    offer(Invoice, Paper("payment-request", gettext_lazy("Payment request"), payment_request))
    register_paper("billing.payment_request", payment_request)
