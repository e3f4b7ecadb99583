"""What leaves next: the mails that wait, and those the plan will write in the coming days, each to look at or hold."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from base.accounts.access import ANYONE, action
from base.chatter.labels import todos_shown_by, value_text
from base.company.queries import company
from base.mail import texts
from base.mail.models import MailStatus, OutgoingMail
from base.mail.occasions import addressed, load_targets, shown_words_of
from base.mail.pages.mails import READ, MailPage
from base.mail.queries import held_because
from base.ui.look import Look
from base.ui.paths import attach
from contracts.queries import reader_of
from renewals.dry_run import dry_run
from renewals.models import RenewalQuote
from warranty.enums import PlanReason
from warranty.models import PlannedAction
from warranty.pages.plan import PlanPage, words_of
from warranty.planning.decisions import Waits, code_of
from warranty.planning.holding import OPEN, is_holdable
from warranty.planning.kinds import Case, Outlook, cases_of, kinds, names_of

AHEAD = timedelta(days=14)
#: Rows of each table; what lies beyond is counted, and one click away in its own list.
SHOWN = 200


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
        return not self.held and is_holdable(self.row.kind)


@action("mails.view")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    look = Look.of(request)
    mails = MailPage.all_rows(look.user).filter(status=MailStatus.QUEUED).order_by("on_hold", "next_attempt_at", "pk")
    rows = _rows(look)
    context = {
        "look": look,
        "banner": {"held": held_because()},
        "mails": _going(list(mails[:SHOWN]), look),
        "mail_count": mails.count(),
        "coming": _coming(rows[:SHOWN], look),
        "coming_count": rows.count(),
        "last": look.today + AHEAD,
    }
    return TemplateResponse(request, "renewals/outbox.html", context)


def _going(mails: list[OutgoingMail], look: Look) -> list[OutgoingMail]:
    """The mails that wait, each with whom it goes to if it leaves now."""
    load_targets(mails)
    now = addressed(mails, for_screen=True)
    for mail in mails:
        reader = now[mail.pk]
        attach(mail, goes_to=f"{reader.to_name} <{reader.to_email}>".strip() if reader and reader.to_email else "")
    return MailPage.prepared(mails, look)


def _rows(look: Look) -> QuerySet[PlannedAction]:
    rows = PlanPage.all_rows(look.user).filter(
        kind__in=names_of(lambda kind: kind.writes_to_customer), state__in=OPEN, due_on__lte=look.today + AHEAD
    )
    return rows.select_related("contract__customer", "contract__manager", "contract__contact", "term").order_by(
        "due_on", "pk"
    )


def _coming(rows: Iterable[PlannedAction], look: Look) -> list[Coming]:
    """The rows with what becomes of each on its day, as things stand now: as many queries for many as for a few."""
    rows = list(rows)
    PlanPage.prepare(rows, look)
    outlook = Outlook({row.pk: max(row.due_on, look.today) for row in rows}, company())
    by_kind: dict[str, list[PlannedAction]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    cases = {
        case.row.pk: case
        for kind in kinds()
        if kind.name in by_kind
        for case in cases_of(kind, by_kind[kind.name], outlook, though_held=True)
    }
    return [_line(row, cases[row.pk]) for row in rows]


def _line(row: PlannedAction, case: Case[Any, Any]) -> Coming:
    record = case.record if case.known else None
    quote = record if isinstance(record, RenewalQuote) else None
    stays = Waits(PlanReason.ON_HOLD, value_text(row.problem)) if row.on_hold else case.decision
    return Coming(row, words_of(row), quote, reader_of(row.contract).email, value_text(code_of(stays)))


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
    hidden = texts.hidden_from(look.user)
    context = {
        "row": row,
        "words": words_of(row),
        "look": look,
        "mails": [(mail, shown_words_of(mail)) for mail in found.mails if mail.kind not in hidden],
        "todos": [todo for todo in found.todos if look.may(todos_shown_by().get(todo.kind, ANYONE))],
        "reason": value_text(found.reason),
    }
    template = "renewals/outbox_preview.html" + ("#dialog" if request.htmx else "")  # type: ignore[attr-defined]
    return TemplateResponse(request, template, context)
