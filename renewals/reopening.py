"""A renewal that is to happen again: what was done for it stands only while its quote does (docs/rules.md 5.6).

Whatever takes a quote away, or gives its ground back, ends here: one look at the quotes and rows of each contract's last
term, one pure decision (`plan_decisions.decide_again`), and the rows, to-dos and the word to the customer that follow.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Prefetch

from base.accounts.models import Role, User
from base.chatter.labels import kept, with_value
from base.chatter.models import Event, Todo
from base.chatter.operations import make_todo, record, settle_todos, write_todos
from base.mail.models import OutgoingMail
from base.mail.states import LEFT
from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract
from renewals.enums import QuoteStatus, RenewalAction, RenewalReason
from renewals.models import RenewalQuote
from renewals.plan_decisions import AgainFacts, WhatFollows, decide_again
from renewals.plan_rows import QUOTE_BEFORE, renewal_rows
from renewals.rules import quote_subject
from warranty.enums import ActionState
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.planning.moving import move_actions
from warranty.planning.writing import PlanSettings, facts_of, plan_settings
from warranty.rules import term_subject

#: Who holds a link that no longer stands is told if a new quote is due within so many days.
WORD_AHEAD = timedelta(days=30)
#: The to-dos that tell of a renewal which begins anew, or ask whether it should.
ASKING = ("renewal_again", "renewal_to_decide", "acceptance_taken_back")
_OPEN = frozenset({ActionState.PLANNED, ActionState.FAILED})
_LOST = frozenset({QuoteStatus.SUPERSEDED, QuoteStatus.CANCELLED})


@dataclass(frozen=True)
class Renewal:
    """The renewal of a contract's last term as it stands: its quotes, oldest first, and its two first rows."""

    contract: Contract
    terms: Sequence[MaintenanceTerm]
    quotes: Sequence[RenewalQuote]
    draft_row: PlannedAction | None
    send_row: PlannedAction | None
    #: How the latest quote was lost, where it was.
    loss: Event | None

    @property
    def term(self) -> MaintenanceTerm:
        return self.terms[-1]

    @property
    def latest(self) -> RenewalQuote | None:
        return self.quotes[-1] if self.quotes else None

    def facts(self, on: date, at: datetime, answered: bool) -> AgainFacts:
        """What the decision follows from; `answered`: a person just said what is to follow."""
        latest, row = self.latest, self.draft_row
        called_back = self.loss is not None and self.loss.verb == "cancelled" and self.loss.by_id is not None
        return AgainFacts(
            on=on,
            statuses=frozenset(QuoteStatus(quote.status) for quote in self.quotes),
            latest=QuoteStatus(latest.status) if latest else None,
            by_a_person=called_back and not answered,
            was_sent=latest is not None and latest.sent_at is not None,
            just_lost=self.loss is not None and self.loss.at == at,
            planned_on=self.term.last_day - QUOTE_BEFORE if row else None,
            coming=row is not None and row.state in _OPEN,
            term_runs=self.term.last_day >= on,
        )


@transaction.atomic
def settle_renewals(
    contract_ids: Iterable[int], *, by: User | None, at: datetime, on: date, answered: bool = False
) -> int:
    """Bring the renewals of these contracts to what their quotes say; returns how many open again.

    To be called once plan and quotes are as they should be; a second call changes nothing. `answered`: a person just
    said what is to follow on a quote that was called back, so that nobody is asked again.
    """
    settings, opened = plan_settings(), 0
    for renewal in renewals_of(contract_ids):
        what = decide_again(renewal.facts(on, at, answered))
        match what:
            case WhatFollows.HAS_LEFT:
                _nothing_leaves(renewal, on)
            case WhatFollows.IS_DRAFTED:
                _draft_leaves(renewal, on, settings)
            case WhatFollows.AGAIN | WhatFollows.ASKED:
                due = _open_again(renewal, on, settings, asked=what == WhatFollows.ASKED)
                record(renewal.contract, "renewal_opened_again", by=by, at=at, note=str(renewal.latest or ""))
                opened += 1
                if what == WhatFollows.AGAIN:
                    _tell(renewal, due, at=at, on=on)
        if what in (WhatFollows.ASKED, WhatFollows.QUESTION) and renewal.latest:
            write_todos([question(renewal.contract, "renewal_to_decide", renewal.latest, at=at, on=on)])
        if what in (WhatFollows.HAS_LEFT, WhatFollows.IS_DRAFTED, WhatFollows.DECIDED):
            settle_todos(renewal.contract, "renewal_again", "renewal_to_decide", by=by, at=at)
    return opened


# --- what it looks at -----------------------------------------------------------------------------------------------


def renewals_of(contract_ids: Iterable[int]) -> list[Renewal]:
    """The renewals of those of the contracts that are active, wanted to be renewed, and not about to end."""
    contracts = (
        Contract.objects.filter(
            pk__in=list(contract_ids), status=ContractStatus.ACTIVE, no_renewal_reason="", ending_on=None
        )
        .select_related("customer", "manager")
        .prefetch_related(
            Prefetch("terms", MaintenanceTerm.objects.order_by("first_day")),
            Prefetch("amendments", Amendment.objects.order_by("effective_on", "id")),
        )
    )
    terms = {contract: own for contract in contracts if (own := list(contract.terms.all()))}
    quotes: dict[int | None, list[RenewalQuote]] = defaultdict(list)
    last = [own[-1].pk for own in terms.values()]
    for quote in RenewalQuote.objects.filter(follows_term__in=last).order_by("pk"):
        quotes[quote.follows_term_id].append(quote)
    losses, rows = _losses([own[-1] for own in quotes.values()]), _rows(last)
    return [
        Renewal(
            contract,
            own,
            found := quotes[own[-1].pk],
            rows.get((own[-1].pk, RenewalAction.RENEWAL_QUOTE)),
            rows.get((own[-1].pk, RenewalAction.RENEWAL_SEND)),
            losses.get(found[-1].pk) if found else None,
        )
        for contract, own in terms.items()
    ]


def _rows(terms: Collection[int]) -> dict[tuple[int | None, str], PlannedAction]:
    found = PlannedAction.objects.filter(
        subject__in=[term_subject(pk) for pk in terms],
        kind__in=[RenewalAction.RENEWAL_QUOTE, RenewalAction.RENEWAL_SEND],
    )
    return {(row.term_id, row.kind): row for row in found}


def _losses(quotes: Iterable[RenewalQuote]) -> dict[int, Event]:
    """The last event by which each of these quotes stood no longer. What the product takes away has no author."""
    lost = [quote.pk for quote in quotes if quote.status in _LOST]
    told = Event.objects.filter(
        target_type=ContentType.objects.get_for_model(RenewalQuote), target_id__in=lost, verb__in=_LOST
    )
    return {event.target_id: event for event in told.order_by("pk")}


# --- what is done about it ------------------------------------------------------------------------------------------


def _move(row: PlannedAction, name: str, **values: Any) -> None:
    move_actions(PlannedAction.objects.filter(pk=row.pk), name, **values)


def _nothing_leaves(renewal: Renewal, on: date) -> None:
    """The customer has a quote: neither a draft nor a mail comes by itself any more."""
    for row in (renewal.draft_row, renewal.send_row):
        if row is not None:
            _move(row, "skipped", problem=RenewalReason.QUOTE_LEFT, done_on=on, on_hold=False)


def _draft_leaves(renewal: Renewal, on: date, settings: PlanSettings) -> None:
    """A draft is there: no other is made, and it leaves after its review, as any other does."""
    if renewal.draft_row is not None:
        _move(renewal.draft_row, "skipped", problem=RenewalReason.OPEN_QUOTE, done_on=on, on_hold=False)
    row, review = renewal.send_row, settings.calendar.add_working_days(on, settings.review_days)
    if row is None or renewal.term.last_day < on or (row.state in _OPEN and row.due_on >= review.day):
        return
    anew = {} if row.state in _OPEN else {"problem": "", "attempts": 0, "done_on": None}
    _move(row, "reopened", due_on=review.day, provisional=review.provisional, **anew)


def _open_again(renewal: Renewal, on: date, settings: PlanSettings, *, asked: bool) -> date:
    """Draft and mail are planned at their new days, or from today on; returns the day of the draft.

    Where a person is asked what is to follow, the row of the draft is held, and keeps the question until it is answered.
    """
    facts = facts_of(renewal.contract, list(renewal.terms), on, settings)[-1]
    wanted = {row.kind: row for row in renewal_rows(facts)}
    for row in (renewal.draft_row, renewal.send_row):
        if row is None or row.state in _OPEN:
            continue
        new = wanted[row.kind]
        row.due_on = new.due_on
        _move(
            row,
            "reopened",
            due_on=new.due_on,
            computed_on=new.computed_on,
            provisional=new.by_calendar and settings.calendar.is_provisional(new.due_on),
            done_on=None,
            attempts=0,
            problem="",
            on_hold=False,
        )
    assert renewal.draft_row is not None
    if asked:
        held = {"on_hold": True, "problem": with_value(RenewalReason.CALLED_BACK.value, str(renewal.latest))}
        _move(renewal.draft_row, "reopened", **held)
    return renewal.draft_row.due_on


def _tell(renewal: Renewal, due: date, *, at: datetime, on: date) -> None:
    """The manager has a to-do, and who holds a link is told if the new quote is near."""
    contract, latest = renewal.contract, renewal.latest
    lost = [quote for quote in renewal.quotes if quote.sent_at and quote.status in _LOST]
    if lost and due <= on + WORD_AHEAD and _held_by_customer(lost[-1]):
        _plan_word(lost[-1], on)
    todo = make_todo(
        contract,
        kind="renewal_again",
        due_on=on,
        at=at,
        assignee=contract.manager,
        role=Role.MANAGER,
        cause=f"renewal_again:{renewal.term.pk}:{latest.pk if latest else 0}:{due}",
        params={"contract": contract.number, "quote": str(latest or "–"), "day": kept(due)},
    )
    write_todos([todo])


def question(contract: Contract, kind: str, quote: RenewalQuote, *, at: datetime, on: date) -> Todo:
    """The to-do that asks what is to follow on a quote: a new one, later, or none."""
    return make_todo(
        contract,
        kind=kind,
        due_on=on,
        at=at,
        assignee=contract.manager,
        role=Role.MANAGER,
        cause=f"{kind}:{quote.pk}:{quote.version}",
        params={"contract": contract.number, "quote": str(quote)},
    )


def _held_by_customer(quote: RenewalQuote) -> bool:
    """Whether it left the house: in a mail, or as the paper a person handed over."""
    kind = ContentType.objects.get_for_model(RenewalQuote)
    about = OutgoingMail.objects.filter(target_type=kind, target_id=quote.pk)
    return about.filter(status__in=LEFT).exists() or not about.exists()


def _plan_word(quote: RenewalQuote, on: date) -> None:
    """A row of the plan, held back like any other: the customer is told that a new quote follows."""
    PlannedAction.objects.get_or_create(
        contract_id=quote.contract_id,
        subject=quote_subject(quote.pk),
        kind=RenewalAction.QUOTE_REPLACED.value,
        step="",
        defaults={"due_on": on, "computed_on": on},
    )


@transaction.atomic
def answer(contract: Contract, *, by: User | None, at: datetime, on: date) -> None:
    """A person said what is to follow: nothing asks any more, and what the question held goes its way."""
    settle_todos(contract, *ASKING, by=by, at=at)
    asked = contract.plan.filter(on_hold=True, problem__startswith=RenewalReason.CALLED_BACK.value)
    asked.update(on_hold=False, problem="")
    settle_renewals([contract.pk], by=by, at=at, on=on, answered=True)
