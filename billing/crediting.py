"""Operations that take back what was invoiced, line by line (docs/rules.md 7.6)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.labels import money_text
from base.chatter.operations import create
from base.documents.numbers import draw
from base.lib.errors import Refused
from base.lib.money import total
from base.lib.text import compact
from billing.balance import is_sum_of, settle_sums
from billing.enums import CreditGround
from billing.invoicing import change_charges
from billing.models import CreditLine, CreditNote, Invoice
from billing.queries import contracts_of, left_of, outstanding
from billing.rules.credit import credit_of, over_lines
from billing.rules.numbers import is_tax_invoice_number
from billing.states import INVOICE_ISSUED
from service.promises import penalties

CREDIT_PREFIX = "HC"


@transaction.atomic
def credit_invoice(
    *,
    invoice: Invoice,
    amount: Money,
    ground: str,
    reason: str,
    tax_invoice_number: str,
    credited_on: date,
    by: User,
    at: datetime,
    on: date,
    seen: int | None = None,
) -> CreditNote:
    """Take back all or part of an issued invoice by a red one: over its lines by what is left of each.

    An invoice that was wrong is credited whole, and what it asked for waits to be invoiced again.
    """
    require(by, "invoices.issue")
    [number] = draw(CREDIT_PREFIX, on.year)
    if invoice.status not in INVOICE_ISSUED:
        raise Refused(_("Only an issued invoice can be credited."), code="wrong_state")
    if not reason.strip():
        raise Refused(_("Please say why."), field="reason")
    rest = invoice.gross - invoice.credited
    if not is_sum_of(invoice, amount) or not 0 < amount.amount <= rest.amount:
        raise Refused(_("Enter at most %(rest)s.") % {"rest": money_text(rest)}, field="amount")
    if ground == CreditGround.MISTAKE and amount != invoice.gross:
        raise Refused(_("An invoice that was wrong is credited whole, or not for this reason."), field="ground")
    if credited_on > on:
        raise Refused(_("The credit note cannot be dated in the future."), field="credited_on")
    red = compact(tax_invoice_number)
    if red and not is_tax_invoice_number(red):
        raise Refused(_("A tax invoice's number has 20 digits."), field="tax_invoice_number")
    # Held first: of two who credit the same lines, the second sees what the first left.
    left = left_of(invoice.lines.select_for_update(of=("self",)).order_by("position", "pk"))
    shares = over_lines(amount, [each for _line, each in left])
    taken = [(line, credit_of(share, rest_)) for (line, rest_), share in zip(left, shares, strict=True) if share.amount]
    note = create(
        CreditNote(
            number=number,
            invoice=invoice,
            on=credited_on,
            gross=amount,
            net=total([split.net for _line, split in taken], amount.currency),
            tax=total([split.tax for _line, split in taken], amount.currency),
            ground=ground,
            tax_invoice_number=red,
            reason=reason.strip()[:200],
            by=by,
        ),
        by=by,
        at=at,
    )
    CreditLine.objects.bulk_create(
        CreditLine(note=note, line=line, gross=split.net + split.tax, net=split.net, tax=split.tax)
        for line, split in taken
    )
    if ground == CreditGround.MISTAKE:
        change_charges({line.charge_id: -line.gross for line, _split in taken}, verb="charge_released", by=by, at=at)
    settle_sums(invoice, {"credited": invoice.credited + amount}, by=by, at=at, verb="credited", seen=seen)
    return note


@transaction.atomic
def set_off_penalties(*, invoice: Invoice, by: User, at: datetime, on: date) -> int:
    """Credit what the customer was granted for late service, as far as the invoice has it open; how many were."""
    done = 0
    for penalty in penalties.granted(contracts_of([invoice])[invoice.pk]):
        rest = outstanding(invoice)
        if penalty.amount.currency != rest.currency or penalty.amount > rest:
            continue
        with translation.override(invoice.customer.language):
            reason = _("Late service: %(what)s") % {"what": penalty}
        note = credit_invoice(
            invoice=invoice,
            amount=penalty.amount,
            ground=CreditGround.ALLOWANCE,
            reason=reason,
            tax_invoice_number="",
            credited_on=on,
            by=by,
            at=at,
            on=on,
        )
        penalties.mark_credited(penalty=penalty, note=note.number, by=by, at=at)
        done += 1
    return done
