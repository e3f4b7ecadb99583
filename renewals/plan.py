"""How the daily run carries out the rows billing owns: draft, send, remind, expire, and the budget season."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db.models import Prefetch, prefetch_related_objects

from base.accounts.models import Role
from base.chatter.labels import kept, with_value
from base.chatter.models import Todo
from base.chatter.operations import make_todo, write_todos
from base.lib.dates import format_day
from base.lib.money import format_money
from base.mail.queue import MailDraft, write_mails
from contracts.enums import RenewalMode
from contracts.models import Amendment, Contract
from contracts.notifications import customer_mail
from contracts.queries import reader_of
from renewals.decisions import expire_quotes
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote
from renewals.plan_rows import budget_rows, renewal_rows
from renewals.queries import price_by_rule
from renewals.quotes import draft_quotes, needs_approval
from renewals.sending import send_quotes, write_quote_mails
from warranty.enums import ActionKind, ActionState
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.planning.forecast import plug_price
from warranty.planning.kinds import DONE, Outcome, RunContext, plug_handler, plug_rows, skipped, waiting
from warranty.planning.writing import postpone
from warranty.queries import overtaken
from warranty.rules import next_period

Outcomes = Mapping[int, Outcome]


def plug() -> None:
    """Called once by `AppConfig.ready`. A run first lets old quotes expire, then drafts, sends and reminds."""
    plug_rows(renewal_rows)
    plug_rows(budget_rows)
    plug_handler(ActionKind.QUOTE_EXPIRY, let_expire, after_term=True)
    plug_handler(ActionKind.RENEWAL_QUOTE, draft_due)
    plug_handler(ActionKind.RENEWAL_SEND, send_due, after_term=True)
    plug_handler(ActionKind.RENEWAL_REMINDER, remind)
    plug_handler(ActionKind.BUDGET_NOTICE, tell_budget)
    plug_price(lambda contract, last_term, period: price_by_rule(contract, list(contract.terms.all()), period))


def _contracts(rows: Sequence[PlannedAction]) -> dict[int, Contract]:
    """The rows' contracts, which came with them, with all else that a price follows from, in two queries."""
    contracts = {row.contract_id: row.contract for row in rows}
    prefetch_related_objects(
        list(contracts.values()),
        Prefetch("terms", MaintenanceTerm.objects.order_by("first_day")),
        Prefetch("amendments", Amendment.objects.order_by("effective_on", "id")),
    )
    return contracts


def _todo(row: PlannedAction, target: RenewalQuote | Contract, kind: str, run: RunContext, **params: object) -> Todo:
    contract = row.contract
    return make_todo(
        target,
        kind=kind,
        due_on=run.on,
        at=run.at,
        assignee=contract.manager,
        role=Role.MANAGER,
        cause=f"{kind}:{row.pk}",
        params={"contract": contract.number, "customer": contract.customer.name, **params},
    )


def _snoozed(row: PlannedAction, run: RunContext) -> str:
    """Why the contract's renewal waits on the day of the run; empty when it does not."""
    until = row.contract.snoozed_until
    return with_value("snoozed until", until) if until and until > run.on else ""


def draft_due(rows: Sequence[PlannedAction], run: RunContext) -> Outcomes:
    """Draft the next term, with a to-do to look at it; the mail follows after the review window."""
    contracts = _contracts(rows)
    busy = set(
        RenewalQuote.objects.filter(
            contract__in=contracts, status__in=[QuoteStatus.DRAFT, QuoteStatus.SENT]
        ).values_list("contract", flat=True)
    )
    outcomes: dict[int, Outcome] = {}
    wanted: list[PlannedAction] = []
    for row in rows:
        if row.contract_id in busy:
            outcomes[row.pk] = skipped("an open quote exists")
        elif snoozed := _snoozed(row, run):
            outcomes[row.pk] = waiting(snoozed)
        else:
            wanted.append(row)
            outcomes[row.pk] = DONE
    sources = [contracts[row.contract_id] for row in wanted]
    quotes = draft_quotes(
        [(contract, list(contract.terms.all())) for contract in sources], by=run.by, at=run.at, on=run.on
    )
    write_todos(
        _todo(row, quote, "quote_to_review", run, quote=str(quote), price=kept(quote.price))
        for row, quote in zip(wanted, quotes, strict=True)
    )
    subjects = [row.subject for row in wanted]
    send_on = run.calendar.add_working_days(run.on, run.ours.review_days)
    postpone(ActionKind.RENEWAL_SEND, due_on=dict.fromkeys(subjects, send_on.day), provisional=send_on.provisional)
    PlannedAction.objects.filter(
        subject__in=subjects, kind=ActionKind.RENEWAL_REMINDER, computed_on__lt=run.on, state=ActionState.PLANNED
    ).update(state=ActionState.SKIPPED, problem="drafted later", done_on=run.on)
    return outcomes


def send_due(rows: Sequence[PlannedAction], run: RunContext) -> Outcomes:
    """After the review window the draft goes out by mail; in mode `manual` the manager is reminded instead."""
    drafts = {
        quote.follows_term_id: quote
        for quote in RenewalQuote.objects.filter(
            follows_term__in={row.term_id for row in rows}, status=QuoteStatus.DRAFT
        )
        .select_related("contract__customer", "contract__manager", "contract__contact", "follows_term")
        .prefetch_related("lines")
    }
    undrafted = set(
        PlannedAction.objects.filter(
            term__in={row.term_id for row in rows},
            kind=ActionKind.RENEWAL_QUOTE,
            state__in=[ActionState.PLANNED, ActionState.FAILED],
        ).values_list("term", flat=True)
    )
    outcomes: dict[int, Outcome] = {}
    leaving: list[RenewalQuote] = []
    todos: list[Todo] = []
    for row in rows:
        quote = drafts.get(row.term_id)
        if quote is None and row.term_id in undrafted:
            outcomes[row.pk] = waiting("waits for the draft")
        elif quote is None:
            outcomes[row.pk] = skipped("no draft to send")
        elif quote.on_hold:
            outcomes[row.pk] = waiting(with_value("on hold", quote.hold_reason))
        elif snoozed := _snoozed(row, run):
            outcomes[row.pk] = waiting(snoozed)
        elif needs_approval(quote, run.ours):
            todos.append(_approval_todo(row, quote, run))
            outcomes[row.pk] = waiting("waits for approval")
        elif quote.contract.renewal_mode == RenewalMode.MANUAL:
            todos.append(_todo(row, quote, "quote_to_send", run, quote=str(quote)))
            outcomes[row.pk] = DONE
        elif not reader_of(quote.contract).email:
            todos.append(_todo(row, quote, "quote_by_hand", run, quote=str(quote)))
            outcomes[row.pk] = DONE
        else:
            leaving.append(quote)
            outcomes[row.pk] = DONE
    write_todos(todos)
    send_quotes(leaving, by=run.by, at=run.at, on=run.on)
    return outcomes


def _approval_todo(row: PlannedAction, quote: RenewalQuote, run: RunContext) -> Todo:
    return make_todo(
        quote,
        kind="quote_to_approve",
        due_on=run.on,
        at=run.at,
        role=Role.DIRECTOR,
        cause=f"quote_to_approve:{quote.pk}:{quote.version}",
        params={"quote": str(quote), "contract": row.contract.number},
    )


def remind(rows: Sequence[PlannedAction], run: RunContext) -> Outcomes:
    """While a sent quote is open its customer is reminded, else the manager told; only the latest due step counts."""
    late = overtaken(rows, run.on)
    terms = {row.term_id for row in rows}
    sent = {
        quote.follows_term_id: quote
        for quote in RenewalQuote.objects.filter(follows_term__in=terms, status=QuoteStatus.SENT).select_related(
            "contract__customer", "contract__manager", "contract__contact", "follows_term"
        )
    }
    outcomes: dict[int, Outcome] = {}
    todos: list[Todo] = []
    by_step: dict[str, list[RenewalQuote]] = defaultdict(list)
    for row in rows:
        quote = sent.get(row.term_id)
        if row.pk in late:
            outcomes[row.pk] = skipped("a later reminder is sent")
            continue
        if snoozed := _snoozed(row, run):
            outcomes[row.pk] = skipped(snoozed)
            continue
        outcomes[row.pk] = DONE
        if quote is None:
            todos.append(_todo(row, row.contract, "no_quote_sent", run, day=kept(row.own_term.last_day)))
        elif row.contract.renewal_mode == RenewalMode.MANUAL:
            todos.append(_todo(row, quote, "remind_customer", run, quote=str(quote)))
        else:
            by_step[row.step].append(quote)
    write_todos(todos)
    for step, quotes in by_step.items():
        write_quote_mails(quotes, kind="renewal_reminder", step=step, at=run.at, on=run.on)
    return outcomes


def let_expire(rows: Sequence[PlannedAction], run: RunContext) -> Outcomes:
    """The day after a sent quote's last valid day it is expired; a draft that never left is not a quote yet."""
    quotes = {
        quote.follows_term_id: quote
        for quote in RenewalQuote.objects.filter(
            follows_term__in={row.term_id for row in rows}, status=QuoteStatus.SENT
        )
    }
    outcomes: dict[int, Outcome] = {}
    over: list[RenewalQuote] = []
    for row in rows:
        quote = quotes.get(row.term_id)
        if quote is None or quote.valid_until is None:
            outcomes[row.pk] = skipped("no sent quote is open")
        elif quote.valid_until >= run.on:
            postpone(ActionKind.QUOTE_EXPIRY, due_on={row.subject: quote.valid_until + timedelta(days=1)})
            outcomes[row.pk] = waiting("the quote is valid longer")
        else:
            over.append(quote)
            outcomes[row.pk] = DONE
    expire_quotes(over, by=run.by, at=run.at)
    return outcomes


def tell_budget(rows: Sequence[PlannedAction], run: RunContext) -> Outcomes:
    """The budget season: the amount to plan for, to the manager, and in mode `auto` also to the customer."""
    contracts = _contracts(rows)
    todos: list[Todo] = []
    drafts: list[MailDraft] = []
    for row in rows:
        contract = contracts[row.contract_id]
        terms = list(contract.terms.all())
        price = price_by_rule(contract, terms, next_period(terms[-1].period, contract.renewal_months))
        todos.append(_todo(row, contract, "budget_notice", run, price=kept(price), day=kept(row.own_term.last_day)))
        language = reader_of(contract).language
        draft = customer_mail(
            contract,
            cause=f"budget_notice:{row.pk}",
            kind="budget_notice",
            target=contract,
            variables={
                "price": format_money(price, language),
                "ends": format_day(row.own_term.last_day, language),
                "year": str(row.own_term.last_day.year),
            },
            ours=run.ours,
        )
        if draft and contract.renewal_mode == RenewalMode.AUTO:
            drafts.append(draft)
    write_todos(todos)
    write_mails(drafts, at=run.at)
    return {row.pk: DONE for row in rows}
