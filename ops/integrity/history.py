"""Every change has its event: a record's version counts its changes, and each of them left one."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from base.chatter.models import Event, Tracked
from base.chatter.registry import our_models
from ops.integrity.finding import Fault, named

_CHUNK = 2000
#: Records that come into being together with another one, whose event tells of it; the company, its first people and
#: what a company begins with (tax rates, SLA policy, check lists, promises, a clause) come with the installation.
_TOLD_WITH = {
    "MaintenanceTerm": "contract",
    "Inspection": "action__contract",
    "Contact": "customer",
    "InvoiceTitle": "customer",
    # What was owed before charges were kept came with the upgrade.
    "Charge": "customer",
}
_UNTOLD = frozenset({"CheckList", "CommitmentTemplate", "Company", "PenaltyRule", "SlaPolicy", "TaxRate", "User"})
_NO_BEGINNING = "no event tells of its beginning"


def events(on: date) -> Iterator[Fault]:
    """Each versioned record has an event of its beginning, and at least as many events as changes."""
    for model in our_models():
        if issubclass(model, Tracked):
            yield from _of(model)


def _of(model: type[Tracked]) -> Iterator[Fault]:
    rows = model._default_manager.annotate(told=_count(model, OuterRef("pk"))).order_by("pk")
    owner = _TOLD_WITH.get(model.__name__, "")
    beginnings = 0 if owner or model.__name__ in _UNTOLD else 1
    record: Any
    for record in rows.filter(told__lt=F("version") + beginnings).iterator(chunk_size=_CHUNK):
        changes = f"it changed {record.version} times, but has {record.told} events in all"
        yield Fault(named(record), changes if record.version or record.told else _NO_BEGINNING)
    if owner:
        alone = rows.filter(told=0, version=0).annotate(owner_told=_count(_at(model, owner), OuterRef(owner)))
        for record in alone.filter(owner_told=0).iterator(chunk_size=_CHUNK):
            yield Fault(named(record), _NO_BEGINNING)


def _at(model: type[models.Model], path: str) -> type[models.Model]:
    """The model a path of relations leads to."""
    for step in path.split("__"):
        related = model._meta.get_field(step).related_model
        assert isinstance(related, type)
        model = related
    return model


def _count(model: type[models.Model], key: OuterRef) -> Coalesce:
    """How many events a record has."""
    kind = ContentType.objects.get_for_model(model)
    counted = (
        Event.objects.filter(target_type=kind, target_id=key).order_by().values("target_id").annotate(n=Count("pk"))
    )
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)
