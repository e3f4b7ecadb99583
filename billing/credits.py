"""What was invoiced beyond the end of a contract: proposed as a credit, granted or waived by a person (docs/rules.md 5.7)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.models import Role, User
from base.chatter.operations import create, make_todo, move, settle_todos, write_todos
from base.company.queries import today
from base.lib.dates import format_day
from base.lib.errors import Refused
from billing.crediting import credit_invoice
from billing.enums import CreditGround
from billing.models import CreditNote, CreditProposal, Invoice
from billing.queries import unserved_of
from billing.states import CREDIT_PROPOSAL, INVOICE_ISSUED
from contracts.models import Contract


@transaction.atomic
def propose_credits(*, contract: Contract, ends_on: date, by: User | None, at: datetime) -> list[CreditProposal]:
    """A proposal for each issued invoice of days after `ends_on`, with a to-do for finance.

    At most what the invoice has not credited yet; nothing where that is nothing.
    """
    made = []
    issued = Invoice.objects.of_contract(contract).filter(status__in=INVOICE_ISSUED, service_last__gt=ends_on)
    for invoice in issued.prefetch_related("lines__charge").order_by("pk"):
        price, share = unserved_of(invoice, contract, ends_on)
        amount = min(share.amount, rest_of(invoice))
        if amount.amount <= 0:
            continue
        proposal = CreditProposal(
            contract=contract,
            invoice=invoice,
            on=today(at),
            ends_on=ends_on,
            days_left=share.days_left,
            days=share.days,
            price=price,
            amount=amount,
        )
        made.append(create(proposal, by=by, at=at, verb="credit_proposed"))
    write_todos(
        make_todo(
            proposal,
            kind="credit_to_decide",
            due_on=proposal.on,
            at=at,
            role=Role.FINANCE,
            cause=f"credit_to_decide:{proposal.pk}",
            params={"contract": contract.number, "invoice": proposal.invoice.number},
        )
        for proposal in made
    )
    return made


def rest_of(invoice: Invoice) -> Money:
    """What of an invoice is not credited yet."""
    rest: Money = invoice.gross - invoice.credited
    return rest


@transaction.atomic
def grant_credit(
    *,
    proposal: CreditProposal,
    tax_invoice_number: str,
    credited_on: date,
    by: User,
    at: datetime,
    on: date,
    seen: int | None = None,
) -> CreditNote:
    """The customer gets it: the invoice is credited by a note, at most by what it has not credited meanwhile."""
    CREDIT_PROPOSAL.check("credit_granted", proposal.status)
    invoice = Invoice.objects.select_related("customer").get(pk=proposal.invoice_id)
    amount = min(proposal.amount, rest_of(invoice))
    if amount.amount <= 0:
        raise Refused(_("The invoice is wholly credited already: waive this."), code="credited")
    note = credit_invoice(
        invoice=invoice,
        amount=amount,
        ground=CreditGround.STOPPED,
        reason=_reason(proposal, invoice.customer.language),
        tax_invoice_number=tax_invoice_number,
        credited_on=credited_on,
        by=by,
        at=at,
        on=on,
    )
    values = {"credit_note": note, "amount": amount, "reason": ""}
    move(proposal, CREDIT_PROPOSAL, "credit_granted", by=by, at=at, values=values, seen=seen)
    settle_todos(proposal, by=by, at=at)
    return note


def _reason(proposal: CreditProposal, language: str) -> str:
    with translation.override(language):
        words = _("The contract ended on %(day)s: %(left)s of %(days)s days were not served.")
        day = format_day(proposal.ends_on, language)
        return words % {"day": day, "left": proposal.days_left, "days": proposal.days}


@transaction.atomic
def waive_credit(*, proposal: CreditProposal, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """It is not paid back, and why."""
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    values = {"reason": reason.strip()[:200]}
    move(proposal, CREDIT_PROPOSAL, "credit_waived", by=by, at=at, values=values, seen=seen, note=reason)
    settle_todos(proposal, by=by, at=at)


@transaction.atomic
def drop_credits(*, contract: Contract, by: User | None, at: datetime) -> None:
    """The contract goes on after all: what was not paid back yet is not owed any more."""
    for proposal in contract.credit_proposals.filter(status__in=CREDIT_PROPOSAL.move("credit_dropped").sources):
        move(proposal, CREDIT_PROPOSAL, "credit_dropped", by=None, at=at)
        settle_todos(proposal, by=by, at=at)
