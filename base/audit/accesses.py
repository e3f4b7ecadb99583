"""Who came in, tried to, left, or took something away (docs/rules.md 18.2)."""

from datetime import date, datetime

from django.db import transaction

from base.accounts.models import User
from base.audit.models import Access, LogHead, Seal
from base.audit.sealing import seal
from base.chatter.operations import record
from base.company.models import Company
from base.company.queries import company, zone
from base.lib.text import clean

_LONGEST = {"name": 150, "address": 45, "what": 300}


def note_access(
    kind: Access.Kind, *, by: User | None, at: datetime, address: str = "", name: str = "", what: str = ""
) -> None:
    """Write down an access. Failed log-ins of one minute with the same name from the same address are one row."""
    failed = kind == Access.Kind.FAILED
    access = Access(
        at=at,
        kind=kind,
        by=by,
        name=_short("name", name),
        address=_short("address", address),
        what=_short("what", what),
        segment=month_of(at.astimezone(zone()).date()),
        minute=at.replace(second=0, microsecond=0) if failed else None,
    )
    Access.objects.bulk_create([access], ignore_conflicts=failed)


def month_of(day: date) -> int:
    """The segment of a day: year and month, such as 202611."""
    return day.year * 100 + day.month


def last_dropped(on: date, months: int) -> int:
    """The newest segment that is to go, when this month and so many before it are kept."""
    count = on.year * 12 + on.month - 1 - months - 1
    return count // 12 * 100 + count % 12 + 1


def drop_old_accesses(*, on: date, at: datetime, us: Company | None = None) -> list[int]:
    """Drop the months that the company keeps no longer, each as a whole with its seals; its head stays, and an event
    tells of it. Returns the months."""
    us = us or company()
    oldest_kept = last_dropped(on, us.access_months)
    segments = Access.objects.filter(segment__lte=oldest_kept).order_by("segment")
    dropped = []
    for segment in list(segments.values_list("segment", flat=True).distinct()):
        seal(at=at)
        with transaction.atomic():
            head = LogHead.objects.select_for_update().get(log=segment)
            head.dropped_at = at
            head.save()
            Seal.objects.filter(log=segment).delete()
            count, _by_model = Access.objects.filter(segment=segment).delete()
            changes = {"month": [segment, None], "rows": [count, 0], "seal": [f"{head.sequence}:{head.hash}", None]}
            record(us, "access_log_dropped", by=None, at=at, changes=changes)
        dropped.append(segment)
    return dropped


def _short(field: str, text: str) -> str:
    return clean(text.replace("\0", ""))[: _LONGEST[field]]
