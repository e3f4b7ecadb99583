"""The demo's life: months of work on a generated ledger, done by the same operations as in the product.

Everything is relative to the day it is loaded, and drawn from one seed, so it looks alive on any day and the same
on the same day.
"""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from moneyed import Money

from base.accounts.operations import set_deputy
from base.chatter.models import Todo
from base.chatter.operations import change, finish_todo
from base.mail.models import OutgoingMail
from base.mail.queue import cancel_queued_mails
from billing import invoices
from billing.enums import InvoiceStatus
from billing.lines import LineInput
from billing.models import Invoice
from contracts.customers import save_customer
from contracts.ledger.reader import read_ledger
from contracts.models import Contact, Contract, Customer
from contracts.operations import amend_contract
from ops.demo import promises
from ops.demo.cast import write_company, write_people
from ops.demo.desk import calls, follow_up
from ops.demo.ledger import write_demo_ledger
from ops.demo.people import CONTRACTS, HISTORY, REGIONS, SEED, Story
from ops.demo.visits import visit
from renewals import decisions, quotes, sending
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote
from service.watch import ring
from warranty.enums import ActionState
from warranty.inspections import assign_inspection
from warranty.ledger.load import load
from warranty.models import Inspection
from warranty.planning.run import run_day


def tell(today: date) -> None:
    """Fill an empty database with the demo."""
    story = Story(today)
    start = story.at(story.today - HISTORY)
    write_company(at=start)
    story.people = write_people()
    set_deputy(user=story.people["chenjing"], deputy=story.people["liwei"], by=story.people["chenjing"], at=start)
    _ledger(story)
    promises.begin(story)
    for day in story.weeks():
        _work(story, day)
        run_day(on=day, by=None, at=story.at(day, 6))
        promises.answers(story, day)
        follow_up(story, day)
    promises.end(story)
    ring(story.at(today, 6))
    old = OutgoingMail.objects.filter(queued_at__lt=story.at(today - timedelta(days=1), 0))
    cancel_queued_mails(mails=old, by=None, at=story.at(today, 6), note="演示：邮件服务器启用之前")


def _ledger(story: Story) -> None:
    start = story.today - HISTORY
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        write_demo_ledger(path, on=start, contracts=CONTRACTS, seed=SEED, due_on=story.today)
        load(read_ledger(path, on=start), by=None, at=story.at(start), on=start)
    engineers = [story.people["engineer"], story.people["engineer2"]]
    for n, contract in enumerate(Contract.objects.order_by("number")):
        change(contract, {"engineer": engineers[n % 2]}, by=None, at=story.at(start))
    for n, inspection in enumerate(Inspection.objects.filter(action__state=ActionState.PLANNED)):
        assign_inspection(
            inspection=inspection, engineer=engineers[n % 2], by=story.people["service"], at=story.at(start)
        )
    for customer in Customer.objects.all():
        change(customer, {"region": REGIONS.get(customer.name[:2], "")}, by=None, at=story.at(start))
    for contact in Contact.objects.exclude(name=""):
        # How a few of them are addressed nobody noted.
        form = ("先生", "女士", "处长", "女士", "先生", "")[contact.pk % 6]
        change(contact, {"salutation": form}, by=None, at=story.at(start))
    for customer in Customer.objects.filter(name__regex="局|中心|大学|医院")[:25]:
        save_customer(customer=customer, values={"budget_funded": True}, by=None, at=story.at(start))
    contract = Contract.objects.filter(terms__isnull=False).order_by("number").first()
    if contract:
        more = Money(round(contract.amount.amount * 11 / 10, 2), contract.amount.currency)
        amend_contract(
            contract=contract,
            values={"signed_on": start, "effective_on": start, "amount": more, "note": "增加数据看板模块"},
            by=story.people["director"],
            at=story.at(start),
            on=start,
        )


def _work(story: Story, day: date) -> None:
    """A week of people's work: decisions, invoices, payments, visits."""
    _review(story, day)
    _decide(story, day)
    _bill(story, day)
    visit(story, day)
    calls(story, day)
    _tidy(story, day)


def _tidy(story: Story, day: date) -> None:
    """Most people tick off what they were asked to do within a week or two."""
    for todo in Todo.objects.filter(done_at=None, due_on__lt=day - timedelta(days=7)).select_related("assignee"):
        if story.dice.random() < 0.8:
            finish_todo(todo=todo, by=todo.assignee or story.people["director"], at=story.at(day, 17))


def _review(story: Story, day: date) -> None:
    """Some managers give a discount that a director approves; one quote is held."""
    for quote in RenewalQuote.objects.filter(status=QuoteStatus.DRAFT, priced_by=None, on_hold=False):
        luck = story.dice.random()
        manager = quote.contract.manager or story.people["chenjing"]
        if luck < 0.08:
            lines = [
                LineInput(
                    line.text, line.tax_rate, line.tax_code, Money(line.gross.amount * 8 // 10, line.gross.currency)
                )
                for line in quote.lines.all()
            ]
            quotes.edit_quote(quote=quote, lines=lines, by=manager, at=story.at(day))
            if luck < 0.05:
                quotes.approve_quote(quote=quote, by=story.people["director"], at=story.at(day, 11))
                sending.send_quote(quote=quote, by=manager, at=story.at(day, 12), on=day, by_mail=False)
        elif luck > 0.97:
            quotes.hold_quote(quote=quote, reason="客户正在申请预算", by=manager, at=story.at(day))


def _decide(story: Story, day: date) -> None:
    old = story.at(day - timedelta(days=10))
    for quote in RenewalQuote.objects.filter(status=QuoteStatus.SENT, sent_at__lt=old, valid_until__gte=day):
        luck = story.dice.random()
        name = quote.contract.contact.name if quote.contract.contact else ""
        if luck < 0.25:
            decisions.accept_quote(quote=quote, by=None, at=story.at(day, 14), on=day, name=name)
        elif luck > 0.97:
            decisions.decline_quote(quote=quote, reason="系统将于明年下线", by=None, at=story.at(day, 14), name=name)


def _bill(story: Story, day: date) -> None:
    finance, at = story.people["finance"], story.at(day, 15)
    for invoice in Invoice.objects.filter(status=InvoiceStatus.DRAFT):
        invoices.request_invoice(
            invoice=invoice, by=invoice.contract.manager or story.people["director"], at=at, on=day
        )
    for invoice in Invoice.objects.filter(status=InvoiceStatus.REQUESTED):
        if story.dice.random() < 0.7:
            number = f"{day.year % 100}33{200000000000 + invoice.pk:016d}"
            invoices.issue_invoice(
                invoice=invoice, tax_invoice_number=number, tax_invoice_on=day, by=finance, at=at, on=day
            )
    for invoice in Invoice.objects.filter(status__in=[InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID], due_on__lt=day):
        if story.dice.random() < 0.35:
            rest = invoice.gross - invoice.paid - invoice.credited
            part = Money(rest.amount // 2, rest.currency) if story.dice.random() < 0.2 else rest
            invoices.record_payment(
                invoice=invoice, amount=part, paid_on=day, reference="银行转账", by=finance, at=at, on=day
            )
