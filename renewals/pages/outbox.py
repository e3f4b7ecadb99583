"""What leaves next: the mails that wait, and those the plan will write in the coming days, each to look at or hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from base.accounts.access import action
from base.chatter.labels import value_text
from base.company.models import Company
from base.company.queries import company
from base.lib.links import masked
from base.mail.models import MailStatus
from base.mail.pages.mails import READ, MailPage
from base.mail.queries import held_because
from base.ui.look import Look
from contracts.enums import RenewalMode
from contracts.queries import reader_of
from renewals.dry_run import dry_run
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote
from renewals.quotes import needs_approval
from warranty.enums import ActionKind
from warranty.models import PlannedAction
from warranty.pages.plan import PlanPage, words_of
from warranty.planning.holding import HOLDABLE, OPEN

AHEAD = timedelta(days=14)
#: Rows of each table; what lies beyond is counted, and one click away in its own list.
SHOWN = 200
#: What writes to somebody outside.
LETTERS = (
    ActionKind.RENEWAL_SEND,
    ActionKind.RENEWAL_REMINDER,
    ActionKind.INSPECTION_NOTICE,
    ActionKind.COVERAGE_END,
    ActionKind.BUDGET_NOTICE,
)


@dataclass(frozen=True)
class Coming:
    """A row of the plan that will write to somebody."""

    row: PlannedAction
    words: str
    quote: RenewalQuote | None
    reader: str
    #: Why nothing leaves by itself; empty: it does.
    stays: str

    @property
    def held(self) -> str:
        """What is held back and is to be let go: the `quote`, the `row`, or nothing."""
        if self.quote and self.quote.on_hold:
            return "quote"
        return "row" if self.row.on_hold else ""

    @property
    def holdable(self) -> bool:
        return not self.held and self.row.kind in HOLDABLE


@action("mails.view")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    look = Look.of(request)
    mails = MailPage.all_rows(look.user).filter(status=MailStatus.QUEUED).order_by("on_hold", "next_attempt_at", "pk")
    rows = _rows(look)
    context = {
        "look": look,
        "banner": {"held": held_because()},
        "mails": MailPage.prepared(list(mails[:SHOWN]), look),
        "mail_count": mails.count(),
        "coming": _coming(rows[:SHOWN], look),
        "coming_count": rows.count(),
        "last": look.today + AHEAD,
    }
    return TemplateResponse(request, "renewals/outbox.html", context)


def _rows(look: Look) -> QuerySet[PlannedAction]:
    rows = PlanPage.all_rows(look.user).filter(kind__in=LETTERS, state__in=OPEN, due_on__lte=look.today + AHEAD)
    return rows.select_related("contract__customer", "contract__manager", "contract__contact", "term").order_by(
        "due_on", "pk"
    )


def _coming(rows: Iterable[PlannedAction], look: Look) -> list[Coming]:
    """The rows with the quotes they are about, in four queries however many they are."""
    rows = list(rows)
    PlanPage.prepare(rows, look)
    quotes: dict[tuple[int | None, str], RenewalQuote] = {}
    open_quotes = RenewalQuote.objects.filter(
        follows_term__in={row.term_id for row in rows}, status__in=[QuoteStatus.DRAFT, QuoteStatus.SENT]
    )
    for quote in open_quotes.select_related("contract").prefetch_related("lines"):
        quotes[quote.follows_term_id, quote.status] = quote
    ours = company()
    found = []
    for row in rows:
        wanted = QuoteStatus.DRAFT if row.kind == ActionKind.RENEWAL_SEND else QuoteStatus.SENT
        quote = quotes.get((row.term_id, wanted)) if row.kind.startswith("renewal") else None
        reader = reader_of(row.contract)
        stays = _stays(row, quote, bool(reader.email), ours, look.today)
        found.append(Coming(row, words_of(row), quote, reader.email, stays))
    return found


def _stays(row: PlannedAction, quote: RenewalQuote | None, readable: bool, ours: Company, today: date) -> str:
    """Why a row will not write to the customer as things stand now."""
    renewal = row.kind in (ActionKind.RENEWAL_SEND, ActionKind.RENEWAL_REMINDER)
    if row.on_hold or (quote and quote.on_hold):
        reason = quote.hold_reason if quote and quote.on_hold else value_text(row.problem)
        return _("On hold: %(reason)s") % {"reason": reason}
    if not readable:
        return _("No usable address: the account manager gets a to-do.")
    if renewal and row.contract.renewal_mode == RenewalMode.MANUAL:
        return _("By hand: the account manager is reminded.")
    if row.kind == ActionKind.RENEWAL_SEND and quote is None:
        return _("No draft yet.")
    if row.kind == ActionKind.RENEWAL_SEND and quote and needs_approval(quote, ours):
        return _("Waits for a director's approval.")
    if row.kind == ActionKind.RENEWAL_REMINDER and quote is None:
        return _("No quote is sent yet: the account manager is told.")
    return ""


@action(READ)
@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the plan's row would write on its day. A POST, because it is written and undone to find out."""
    look = Look.of(request)
    row = _rows(look).filter(pk=pk).first()
    if row is None:
        raise Http404(pk)
    PlanPage.prepare([row], look)
    found = dry_run(row, by=None, at=look.now, on=max(row.due_on, look.today))
    context = {
        "row": row,
        "words": words_of(row),
        "look": look,
        "mails": [(mail, masked(mail.text)) for mail in found.mails],
        "todos": found.todos,
        "reason": value_text(found.reason),
    }
    template = "renewals/outbox_preview.html" + ("#dialog" if request.htmx else "")  # type: ignore[attr-defined]
    return TemplateResponse(request, template, context)
