"""The kinds of planned actions that renewals bring: draft, mail, reminders, expiry, and the budget season."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.models import Role
from base.chatter.labels import kept
from base.chatter.models import Todo
from base.chatter.operations import make_todo, settle_todos, write_todos
from base.company.models import Company
from base.lib.dates import format_day
from base.lib.money import format_money
from base.mail.models import OutgoingMail
from base.mail.occasions import Occasion
from base.mail.occasions import register as register_occasion
from base.mail.queue import MailDraft, write_mails
from contracts.enums import RenewalMode
from contracts.models import Amendment, Contract
from contracts.notifications import customer_mail, no_reader_todo, people_of
from contracts.queries import reader_of
from renewals import plan_decisions as decisions
from renewals import plan_facts as facts
from renewals.decisions import expire_quotes
from renewals.enums import RenewalAction, RenewalReason
from renewals.models import RenewalQuote
from renewals.plan_decisions import BudgetFacts, DraftFacts, ExpiryFacts, ReminderFacts, SendFacts, WordFacts
from renewals.plan_rows import budget_rows, renewal_rows
from renewals.queries import minor_price_by_rule, price_by_rule
from renewals.quotes import approval_todo, draft_quotes
from renewals.sending import send_quotes, write_quote_mails
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.planning.decisions import ByHand, Waits
from warranty.planning.forecast import register_price
from warranty.planning.forecast_sums import register_minor_price
from warranty.planning.kinds import Act, Case, PlanKind, RunContext, register
from warranty.planning.moving import move_actions
from warranty.planning.writing import postpone
from warranty.rules import next_period


def register_kinds() -> None:
    """Called once by `AppConfig.ready`. A run first lets old quotes expire, then drafts, sends and reminds."""
    register(QUOTE_EXPIRY, QUOTE_REPLACED, RENEWAL_QUOTE, RENEWAL_SEND, RENEWAL_REMINDER, BUDGET_NOTICE)
    budget = Occasion(
        draft=_budget_now,
        customer=lambda contract: contract.customer,
        people=lambda contract, language: people_of(contract.customer, language),
        related=("customer", "contact", "manager"),
    )
    register_occasion(budget, "budget_notice")
    word = Occasion(
        draft=lambda quote, mail, ours: word_mail(quote, cause=mail.cause, our_company=ours),
        customer=lambda quote: quote.contract.customer,
        people=lambda quote, language: people_of(quote.contract.customer, language),
        related=("contract__customer", "contract__contact", "contract__manager"),
    )
    register_occasion(word, "quote_replaced")
    register_minor_price(minor_price_by_rule)
    register_price(lambda contract, last_term, period: price_by_rule(contract, list(contract.terms.all()), period))


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
        # A row may happen again, for another quote or another day.
        cause=f"{kind}:{row.pk}:{target.pk if target != contract else row.computed_on}",
        params={"contract": contract.number, "customer": contract.customer.name, **params},
    )


# --- carrying out ---------------------------------------------------------------------------------------------------


def draft_renewals(cases: Sequence[Case[DraftFacts, None]], run: RunContext) -> None:
    """Draft the next term, with a to-do to look at it; the mail follows after the review window."""
    rows = [case.row for case in cases]
    contracts = _contracts(rows)
    sources = [contracts[row.contract_id] for row in rows]
    quotes = draft_quotes(
        [(contract, list(contract.terms.all())) for contract in sources], by=run.by, at=run.at, on=run.on
    )
    write_todos(
        _todo(row, quote, "quote_to_review", run, quote=str(quote), price=kept(quote.price))
        for row, quote in zip(rows, quotes, strict=True)
    )
    settle_todos(sources, "renewal_again", "renewal_to_decide", by=run.by, at=run.at)
    subjects = [row.subject for row in rows]
    send_on = run.calendar.add_working_days(run.on, run.company.review_days)
    postpone(RenewalAction.RENEWAL_SEND, due_on=dict.fromkeys(subjects, send_on.day), provisional=send_on.provisional)
    past = PlannedAction.objects.filter(
        subject__in=subjects, kind=RenewalAction.RENEWAL_REMINDER, computed_on__lt=run.on, state="planned"
    )
    move_actions(past, "skipped", problem=RenewalReason.DRAFTED_LATER, done_on=run.on)


def send_drafts(cases: Sequence[Case[SendFacts, RenewalQuote | None]], run: RunContext) -> None:
    """The draft goes out by mail, or whoever is to send or to approve it has a to-do."""
    leaving: list[RenewalQuote] = []
    todos: list[Todo] = []
    for case in cases:
        quote = case.record
        if quote is None:
            continue
        match case.decision:
            case Waits():
                todos.append(approval_todo(quote, at=run.at, on=run.on))
            case ByHand(todo=kind):
                todos.append(_todo(case.row, quote, kind, run, quote=str(quote)))
            case _:
                leaving.append(quote)
    write_todos(todos)
    send_quotes(leaving, by=run.by, at=run.at, on=run.on)


def remind(cases: Sequence[Case[ReminderFacts, RenewalQuote | None]], run: RunContext) -> None:
    """The customer is reminded by mail or by the manager; where no quote was sent, the manager is told."""
    todos: list[Todo] = []
    by_step: dict[str, list[RenewalQuote]] = defaultdict(list)
    for case in cases:
        row, quote = case.row, case.record
        if quote is None:
            todos.append(_todo(row, row.contract, "no_quote_sent", run, day=kept(row.own_term.last_day)))
        elif case.facts.manual:
            todos.append(_todo(row, quote, "remind_customer", run, quote=str(quote)))
        else:
            by_step[row.step].append(quote)
    write_todos(todos)
    for step, quotes in by_step.items():
        write_quote_mails(quotes, kind="renewal_reminder", step=step, at=run.at, on=run.on)


def say_more_follows(cases: Sequence[Case[WordFacts, RenewalQuote]], run: RunContext) -> None:
    """Who holds a quote that no longer stands hears that a new one follows."""
    todos: list[Todo] = []
    drafts: list[MailDraft] = []
    for case in cases:
        contract, quote, cause = case.row.contract, case.record, f"quote_replaced:{case.row.pk}"
        draft = word_mail(quote, cause=cause, our_company=run.company)
        if draft:
            drafts.append(draft)
        else:
            todos.append(
                no_reader_todo(contract, cause=cause, kind="quote_replaced", target=quote, at=run.at, on=run.on)
            )
    write_todos(todos)
    write_mails(drafts, at=run.at)


def word_mail(quote: RenewalQuote, *, cause: str, our_company: Company) -> MailDraft | None:
    """The word that a new quote follows; None when nobody can be written to."""
    said = {"quote": str(quote)}
    return customer_mail(
        quote.contract, cause=cause, kind="quote_replaced", target=quote, variables=said, our_company=our_company
    )


def let_expire(cases: Sequence[Case[ExpiryFacts, RenewalQuote | None]], run: RunContext) -> None:
    """The quotes are expired."""
    expire_quotes([case.record for case in cases if case.record], by=run.by, at=run.at)


def tell_budget(cases: Sequence[Case[BudgetFacts, None]], run: RunContext) -> None:
    """The budget season: the amount to plan for, to the manager, and in mode `auto` also to the customer."""
    contracts = _contracts([case.row for case in cases])
    todos: list[Todo] = []
    drafts: list[MailDraft] = []
    for case in cases:
        row, contract = case.row, contracts[case.row.contract_id]
        terms, ends = list(contract.terms.all()), case.row.own_term.last_day
        price = price_by_rule(contract, terms, next_period(terms[-1].period, contract.renewal_months))
        todos.append(_todo(row, contract, "budget_notice", run, price=kept(price), day=kept(ends)))
        cause = f"budget_notice:{row.pk}:{row.computed_on}"
        draft = budget_mail(contract, price, ends, cause=cause, our_company=run.company)
        if draft and not case.facts.manual:
            drafts.append(draft)
    write_todos(todos)
    write_mails(drafts, at=run.at)


def budget_mail(contract: Contract, price: Money, ends: date, *, cause: str, our_company: Company) -> MailDraft | None:
    """What the customer is to plan for; None when nobody can be written to."""
    language = reader_of(contract).language
    said = {"price": format_money(price, language), "ends": format_day(ends, language), "year": str(ends.year)}
    return customer_mail(
        contract, cause=cause, kind="budget_notice", target=contract, variables=said, our_company=our_company
    )


def _budget_now(contract: Contract, mail: OutgoingMail, our_company: Company) -> MailDraft | None:
    terms = list(contract.terms.order_by("first_day"))
    if not terms:
        return None
    price = price_by_rule(contract, terms, next_period(terms[-1].period, contract.renewal_months))
    return budget_mail(contract, price, terms[-1].last_day, cause=mail.cause, our_company=our_company)


# --- the declarations -----------------------------------------------------------------------------------------------


def _say_send(act: Act) -> str:
    if act.contract.renewal_mode == RenewalMode.MANUAL:
        return _("The account manager is reminded to send the renewal quote")
    return _("The renewal quote is sent by mail, unless it is held")


QUOTE_EXPIRY = PlanKind(
    RenewalAction.QUOTE_EXPIRY.value,
    label=RenewalAction.QUOTE_EXPIRY.label,
    icon="clock-x",
    sentence=lambda act: _("The renewal quote expires, unless it was decided"),
    rows=renewal_rows,
    gather=facts.gather_expiries,
    decide=decisions.decide_expiry,
    carry_out=let_expire,
    reasons=RenewalReason,
    after_term=True,
    minor=True,
)
QUOTE_REPLACED = PlanKind(
    RenewalAction.QUOTE_REPLACED.value,
    label=RenewalAction.QUOTE_REPLACED.label,
    icon="message-forward",
    sentence=lambda act: _("The customer is told that a new quote follows the one that no longer stands"),
    by_operation=True,
    gather=facts.gather_words,
    decide=decisions.decide_word,
    carry_out=say_more_follows,
    reasons=RenewalReason,
    renews=True,
    writes_to_customer=True,
    holdable=True,
)
RENEWAL_QUOTE = PlanKind(
    RenewalAction.RENEWAL_QUOTE.value,
    label=RenewalAction.RENEWAL_QUOTE.label,
    icon="file-description",
    sentence=lambda act: _("The renewal quote is drafted"),
    rows=renewal_rows,
    gather=facts.gather_drafts,
    decide=decisions.decide_draft,
    carry_out=draft_renewals,
    reasons=RenewalReason,
    renews=True,
    holdable=True,
    priced=True,
    begins_renewal=True,
)
RENEWAL_SEND = PlanKind(
    RenewalAction.RENEWAL_SEND.value,
    label=RenewalAction.RENEWAL_SEND.label,
    icon="send",
    sentence=_say_send,
    rows=renewal_rows,
    gather=facts.gather_sends,
    decide=decisions.decide_send,
    carry_out=send_drafts,
    reasons=RenewalReason,
    renews=True,
    writes_to_customer=True,
    holdable=True,
    priced=True,
    after_term=True,
)
RENEWAL_REMINDER = PlanKind(
    RenewalAction.RENEWAL_REMINDER.value,
    label=RenewalAction.RENEWAL_REMINDER.label,
    icon="mail-forward",
    sentence=lambda act: (
        _("The customer is reminded of the renewal, %(days)s days before the end") % {"days": act.step}
    ),
    rows=renewal_rows,
    gather=facts.gather_reminders,
    decide=decisions.decide_reminder,
    carry_out=remind,
    reasons=RenewalReason,
    renews=True,
    writes_to_customer=True,
    holdable=True,
    priced=True,
)
BUDGET_NOTICE = PlanKind(
    RenewalAction.BUDGET_NOTICE.value,
    label=RenewalAction.BUDGET_NOTICE.label,
    icon="coins",
    sentence=lambda act: _("The amount for next year's budget is proposed"),
    rows=budget_rows,
    gather=facts.gather_budgets,
    decide=decisions.decide_budget,
    carry_out=tell_budget,
    reasons=RenewalReason,
    renews=True,
    again=True,
    writes_to_customer=True,
    holdable=True,
    priced=True,
)
