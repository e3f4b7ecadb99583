"""One mail in the morning of a working day: what there is to do, what is due today and in the coming week."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from base.accounts.access import may
from base.accounts.models import User
from base.audit.sealing import head
from base.company.queries import calendar, company, today, zone
from base.lib.dates import format_day
from base.mail.queries import can_send
from base.mail.queue import MailDraft, language_of, own_draft, write_mails
from base.ui import registry
from base.ui.look import Look
from base.ui.todos import open_for
from console.briefing.topics import TOPICS, choices_of, topic_of
from console.briefing.words import todo_lines
from console.models import Morning, When
from service.complaints import is_kept_from
from service.enums import VisitStatus
from service.models import ServiceRequest, Visit
from service.queries import open_requests
from warranty.enums import ActionState
from warranty.models import Inspection

#: When the day begins for those who read; before it nothing is written.
BEGINS = time(7, 30)
#: More than this nobody reads in a mail; the rest is a number.
_LINES = 15
_WEEK = timedelta(days=7)
_CHUNK = 50


def brief(at: datetime) -> int:
    """Write everybody's mail of this morning, once; how many. Nothing on a day off, or while no mail can be sent."""
    on = today(at)
    if at.astimezone(zone()).time() < BEGINS or Morning.objects.filter(on=on).exists():
        return 0
    if not calendar().is_workday(on) or not can_send():
        return 0
    people = list(User.objects.filter(is_active=True).order_by("pk"))
    written = 0
    for first in range(0, len(people), _CHUNK):
        chunk = people[first : first + _CHUNK]
        chosen = choices_of(chunk)
        with transaction.atomic():
            told = {
                person.pk: {topic.name for topic in TOPICS if chosen[person.pk, topic.name] != When.NEVER}
                for person in chunk
            }
            drafts = [draft for person in chunk if (draft := _draft(person, told[person.pk], at))]
            written += len(write_mails(drafts, at=at).new)
    Morning.objects.get_or_create(on=on)
    return written


def _draft(person: User, topics: set[str], at: datetime) -> MailDraft | None:
    """A person's mail; None where there is nothing to say."""
    language = language_of(person)
    with translation.override(language):
        look = Look(user=person, today=timezone.localdate(at), now=at)
        now, later = _todos(look, topics)
        coming, sealed = _coming(look), _newest_seal(look)
        if not now and not later and not coming and not sealed:
            return None
        day = format_day(look.today, language)
        return own_draft(
            person,
            cause=f"todo_morning:{person.pk}:{look.today.isoformat()}",
            kind="todo_morning",
            target=person,
            variables={
                "reader": str(person),
                "day": day,
                "now": _part(_("To do today"), now),
                "later": _part(_("Due within a week"), later),
                "coming": _part(_("Visits, inspections and requests"), coming)
                + _part(_("Newest seal of the log"), sealed),
                "home": f"{settings.PUBLIC_URL}/",
                "company": company().name,
            },
        )


def _part(title: str, lines: str) -> str:
    return f"{title}\n{lines}\n" if lines else ""


def _todos(look: Look, topics: set[str]) -> tuple[str, str]:
    """Those that are due, and those of the coming week."""
    rows = [
        todo
        for todo in open_for(look.user).filter(due_on__lte=look.today + _WEEK).order_by("due_on", "pk")[:200]
        if topic_of(todo).name in topics
        and not (isinstance(todo.target, ServiceRequest) and is_kept_from(todo.target, look.user))
    ]
    now = [todo for todo in rows if todo.due_on <= look.today]
    later = [todo for todo in rows if todo.due_on > look.today]
    return _some(now, look), _some(later, look)


def _some(todos: list, look: Look) -> str:  # type: ignore[type-arg]
    rest = len(todos) - _LINES
    more = "\n" + _("and %(n)s more") % {"n": rest} if rest > 0 else ""
    return todo_lines(todos[:_LINES], look) + more


def _coming(look: Look) -> str:
    """A person's own visits of today, inspections of the week, and open requests, the nearest deadline first."""
    lines = []
    if may(look.user, "visits.work"):
        visits = Visit.objects.filter(engineer=look.user, planned_on=look.today, status=VisitStatus.PLANNED)
        for visit in visits.select_related("customer").order_by("planned_at")[:_LINES]:
            hour = timezone.localtime(visit.planned_at)
            lines.append(_line(f"{hour:%H:%M} {visit.customer} · {visit.title}", visit, look))
    if may(look.user, "inspections.view"):
        due = Q(action__due_on__lte=look.today + _WEEK, action__state=ActionState.PLANNED, reported_at=None)
        inspections = Inspection.objects.filter(due, engineer=look.user).select_related("action__contract__customer")
        inspections = inspections.exclude(action__due_on__gt=F("action__contract__ending_on"))
        for each in inspections.order_by("action__due_on")[:_LINES]:
            day = format_day(each.action.due_on, look.language)
            lines.append(_line(_("%(day)s inspection at %(customer)s") % {
                "day": day, "customer": each.action.contract.customer}, each, look))  # fmt: skip
    if may(look.user, "requests.work"):
        requests = open_requests(ServiceRequest.objects.filter(assignee=look.user)).select_related("customer")
        lines += [
            _line(f"{request} {request.customer} · {request.title}", request, look)
            for request in requests.order_by("resolve_by", "pk")[:_LINES]
            if not is_kept_from(request, look.user)
        ]
    return "\n".join(lines)


def _newest_seal(look: Look) -> str:
    """For those who read the log: kept in a mailbox, it shows later whether the log was shortened (docs/rules.md 18.1)."""
    newest = head()
    return str(newest) if newest.sequence and may(look.user, "events.view") else ""


def _line(words: str, record: object, look: Look) -> str:
    place = registry.address(record, look)  # type: ignore[arg-type]
    return f"· {words}" + (f"\n  {settings.PUBLIC_URL}{place}" if place else "")
