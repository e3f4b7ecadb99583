"""What is not kept for ever: people after the years the company set, accesses after their months (docs/rules.md 19)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, OuterRef

from base.audit.accesses import drop_old_accesses
from base.audit.erasure import erase_person
from base.audit.personal import ERASED_NAME, Person, PersonKind, Place, places
from base.chatter.models import Event
from base.company.models import Company
from base.company.queries import company
from base.lib.dates import add_months

#: So many people a day, so that a run stays short; the others follow on the next days.
_A_DAY = 500
#: What shows that a customer is still one: (model, way to the customer, field with the day).
_uses: list[tuple[type[models.Model], str, str]] = []


def register_use(model: type[models.Model], customer: str, day: str) -> None:
    """Say which rows show that we still have to do with a customer; called from the owning app's `ready()`."""
    _uses.append((model, customer, day))


def keep_to_retention(*, on: date, at: datetime, us: Company | None = None) -> int:
    """Erase whom the company (`us`) keeps no longer, and drop old months of accesses; returns how many people went."""
    us = us or company()
    years = {
        PersonKind.CONTACT: us.contact_years,
        PersonKind.CALLER: us.caller_years,
        PersonKind.SIGNER: us.signer_years,
    }
    gone = 0
    for place in places():
        kept = years.get(place.kind) if place.kind else None
        if kept:
            gone += _forget(place, before=add_months(on, -12 * kept), zone=ZoneInfo(us.time_zone), at=at)
    drop_old_accesses(on=on, at=at, us=us)
    return gone


def _forget(place: Place, *, before: date, zone: ZoneInfo, at: datetime) -> int:
    rows = place.model._base_manager.exclude(**{f"{place.name}__in": ["", ERASED_NAME]}).filter(
        **dict([place.ended] if place.ended else [])
    )
    moment = datetime.combine(before, time(), zone)
    if place.date:
        rows = rows.filter(**{f"{place.date}__lt": _as_stored(place.model, place.date, moment)})
    else:
        rows = _unused(place, rows, moment)
    count = 0
    for row in rows.order_by("pk")[:_A_DAY]:
        customer = place.model._base_manager.filter(pk=row.pk).values_list(place.customer, flat=True).get()
        # A contact stands in many records of the customer; who called or signed once, in that one.
        person = Person(customer, getattr(row, place.name), (place.model, row.pk) if place.date else None)
        erase_person(person=person, target=row, by=None, at=at, why="retention")
        count += 1
    return count


def _as_stored(model: type[models.Model], field: str, moment: datetime) -> date | datetime:
    return moment if isinstance(model._meta.get_field(field), models.DateTimeField) else moment.date()


def _unused(place: Place, rows: models.QuerySet[models.Model], moment: datetime) -> models.QuerySet[models.Model]:
    """Of contacts: those of customers with whom we had to do, and no longer since that day; nor with them themselves."""
    had = models.Q(pk__in=[])
    for model, customer, day in _uses:
        of_customer = model._base_manager.filter(**{customer: OuterRef(place.customer)})
        rows = rows.exclude(Exists(of_customer.filter(**{f"{day}__gte": _as_stored(model, day, moment)})))
        had |= models.Q(Exists(of_customer))
    events = Event.objects.filter(target_type__model=place.model._meta.model_name, target_id=OuterRef("pk"))
    return rows.filter(had).exclude(Exists(events.filter(at__gte=moment)))
