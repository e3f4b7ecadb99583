"""What the decisions about a renewal's steps follow from, read for many rows at once."""

from collections.abc import Mapping, Sequence

from contracts.enums import RenewalMode
from contracts.models import Contract
from contracts.queries import reader_of
from renewals.enums import QuoteStatus, RenewalAction
from renewals.models import RenewalQuote
from renewals.plan_decisions import BudgetFacts, DraftFacts, ExpiryFacts, ReminderFacts, SendFacts, WordFacts
from renewals.queries import not_left
from renewals.quotes import needs_approval
from renewals.rules import quote_subject
from warranty.enums import ActionState
from warranty.models import PlannedAction
from warranty.planning.kinds import Known, Outlook
from warranty.queries import overtaken


def gather_drafts(rows: Sequence[PlannedAction], outlook: Outlook) -> Mapping[int, Known[DraftFacts, None]]:
    """Whether a quote of the contract is open already."""
    open_quotes = RenewalQuote.objects.filter(
        contract__in={row.contract_id for row in rows}, status__in=[QuoteStatus.DRAFT, QuoteStatus.SENT]
    )
    busy = set(open_quotes.values_list("contract", flat=True))
    return {
        row.pk: Known(DraftFacts(outlook.days[row.pk], row.contract.snoozed_until, row.contract_id in busy), None)
        for row in rows
    }


def gather_sends(
    rows: Sequence[PlannedAction], outlook: Outlook
) -> Mapping[int, Known[SendFacts, RenewalQuote | None]]:
    """The drafts, and whether one is still to be made."""
    drafts = _quotes(rows, QuoteStatus.DRAFT)
    undrafted = set(
        PlannedAction.objects.filter(
            subject__in={row.subject for row in rows},
            kind=RenewalAction.RENEWAL_QUOTE,
            state__in=[ActionState.PLANNED, ActionState.FAILED],
        ).values_list("subject", flat=True)
    )
    return {
        row.pk: Known(
            SendFacts(
                on=outlook.days[row.pk],
                snoozed_until=row.contract.snoozed_until,
                drafted=draft is not None,
                to_be_drafted=row.subject in undrafted,
                on_hold=bool(draft and draft.on_hold),
                hold_reason=draft.hold_reason if draft else "",
                needs_approval=bool(draft and needs_approval(draft, outlook.company)),
                manual=_is_manual(row.contract),
                readable=_is_readable(row.contract),
            ),
            draft,
        )
        for row in rows
        for draft in [drafts.get(row.term_id)]
    }


def gather_reminders(
    rows: Sequence[PlannedAction], outlook: Outlook
) -> Mapping[int, Known[ReminderFacts, RenewalQuote | None]]:
    """The sent quotes, and whether a nearer reminder is due."""
    late, sent = overtaken(rows, outlook.days), _quotes(rows, QuoteStatus.SENT)
    return {
        row.pk: Known(
            ReminderFacts(
                on=outlook.days[row.pk],
                snoozed_until=row.contract.snoozed_until,
                overtaken=row.pk in late,
                sent=row.term_id in sent,
                manual=_is_manual(row.contract),
                readable=_is_readable(row.contract),
            ),
            sent.get(row.term_id),
        )
        for row in rows
    }


def gather_expiries(
    rows: Sequence[PlannedAction], outlook: Outlook
) -> Mapping[int, Known[ExpiryFacts, RenewalQuote | None]]:
    """The sent quotes and how long they are valid."""
    sent = _quotes(rows, QuoteStatus.SENT)
    waiting = not_left(quote.pk for quote in sent.values())
    return {
        row.pk: Known(
            ExpiryFacts(outlook.days[row.pk], quote.valid_until, quote.pk in waiting)
            if quote
            else ExpiryFacts(outlook.days[row.pk], None),
            quote,
        )
        for row in rows
        for quote in [sent.get(row.term_id)]
    }


def gather_budgets(rows: Sequence[PlannedAction], outlook: Outlook) -> Mapping[int, Known[BudgetFacts, None]]:
    """Who sends renewals, and whether the customer can be written to."""
    return {
        row.pk: Known(BudgetFacts(manual=_is_manual(row.contract), readable=_is_readable(row.contract)), None)
        for row in rows
    }


def gather_words(rows: Sequence[PlannedAction], outlook: Outlook) -> Mapping[int, Known[WordFacts, RenewalQuote]]:
    """The quote that no longer stands, and whether another has left or will."""
    quotes = {
        quote_subject(quote.pk): quote
        for quote in RenewalQuote.objects.filter(contract__in={row.contract_id for row in rows})
        .select_related("contract__customer", "contract__contact", "contract__manager")
        .order_by("pk")
    }
    latest = {quote.contract_id: quote for quote in quotes.values()}
    coming = set(
        PlannedAction.objects.filter(
            contract__in={row.contract_id for row in rows},
            kind=RenewalAction.RENEWAL_QUOTE,
            state__in=[ActionState.PLANNED, ActionState.FAILED],
            on_hold=False,
        ).values_list("contract", flat=True)
    )
    return {
        row.pk: Known(
            WordFacts(
                newer=last != quote and last.status not in (QuoteStatus.DRAFT, QuoteStatus.CANCELLED),
                follows=row.contract_id in coming or last.status == QuoteStatus.DRAFT,
                readable=_is_readable(row.contract),
            ),
            quote,
        )
        for row in rows
        for quote, last in [(quotes[row.subject], latest[row.contract_id])]
    }


def _quotes(rows: Sequence[PlannedAction], status: QuoteStatus) -> dict[int | None, RenewalQuote]:
    """The quotes of that status that would follow the rows' terms, by that term."""
    found = RenewalQuote.objects.filter(follows_term__in={row.term_id for row in rows}, status=status)
    found = found.select_related("contract__customer", "contract__manager", "contract__contact", "follows_term")
    if status == QuoteStatus.DRAFT:
        # An approval is bound to the lines.
        found = found.prefetch_related("lines")
    return {quote.follows_term_id: quote for quote in found}


def _is_manual(contract: Contract) -> bool:
    return contract.renewal_mode == RenewalMode.MANUAL


def _is_readable(contract: Contract) -> bool:
    return bool(reader_of(contract).email)
