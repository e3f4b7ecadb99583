"""Contracts and mails: their state, their other fields and what hangs on them agree; the last event says the same."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.fields.json import KT

from base.chatter.models import Event
from base.mail.models import MailStatus, OutgoingMail
from billing.enums import InvoiceStatus
from billing.models import Invoice
from contracts.enums import ContractStatus
from contracts.models import Contract
from ops.integrity.finding import Fault, faulty, named
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote
from service.choices import ConsentStatus, PenaltyStatus, SurveyStatus
from service.enums import RequestStatus, VisitStatus
from service.models import ManagerChange, Penalty, RemoteAccess, ServiceRequest, Survey, Visit
from warranty.enums import ActionKind, ActionState
from warranty.models import MaintenanceTerm, PlannedAction

_CHUNK = 2000


def contracts(on: date) -> Iterator[Fault]:
    """A terminated contract says when, is covered no longer, and nothing of it is still to happen (2.5)."""
    of_it: dict[str, Any] = {"contract": OuterRef("pk")}
    open_rows = PlannedAction.objects.filter(**of_it, state__in=[ActionState.PLANNED, ActionState.FAILED])
    open_quotes = RenewalQuote.objects.filter(**of_it, status__in=[QuoteStatus.DRAFT, QuoteStatus.SENT])
    open_invoices = Invoice.objects.filter(**of_it, status__in=[InvoiceStatus.DRAFT, InvoiceStatus.REQUESTED])
    longer = MaintenanceTerm.objects.filter(**of_it, last_day__gt=OuterRef("terminated_on"))
    ends = open_rows.filter(kind=ActionKind.TERMINATION)
    ending = ends.filter(due_on=OuterRef("ending_on"))
    terminated = Q(status=ContractStatus.TERMINATED)
    problems: dict[str, Any] = {
        "it is terminated, but does not say when": terminated & Q(terminated_on=None),
        "it is not terminated, but says when it was": ~terminated & Q(terminated_on__isnull=False),
        "it is not active, but is to end on a coming day": ~Q(status=ContractStatus.ACTIVE)
        & Q(ending_on__isnull=False),
        "it is to end on a coming day, but does not say why": Q(ending_on__isnull=False, ending_reason=""),
        "it is to end on a coming day, but its plan does not end it then": Q(ending_on__isnull=False) & ~Exists(ending),
        "it is not to end, but its plan ends it": Q(ending_on=None) & Exists(ends),
        "it is terminated, but is covered longer": terminated & Exists(longer),
        "it is terminated, but its plan is not cancelled": terminated & Exists(open_rows),
        "it is terminated, but has an open quote": terminated & Exists(open_quotes),
        "it is terminated, but has an invoice that is not issued": terminated & Exists(open_invoices),
    }
    yield from faulty(Contract, problems)


def mails(on: date) -> Iterator[Fault]:
    """What a mail's state needs to be carried on, or proven, is there."""
    yield from faulty(
        OutgoingMail,
        {
            "it is queued, but says not when it is to be tried": Q(status=MailStatus.QUEUED, next_attempt_at=None),
            "it is being sent, but says not since when": Q(status=MailStatus.SENDING, sending_since=None),
            "it is sent, but says not when": Q(status=MailStatus.SENT, sent_at=None),
            "it is not sent, but says when it was": ~Q(status=MailStatus.SENT) & Q(sent_at__isnull=False),
        },
    )


def told(on: date) -> Iterator[Fault]:
    """The state a record has is the one its last event left it in; without such an event, the one it began in."""
    begins: dict[type[models.Model], set[str]] = {
        Contract: {ContractStatus.DRAFT, ContractStatus.ACTIVE},
        RenewalQuote: {QuoteStatus.DRAFT},
        Invoice: {InvoiceStatus.DRAFT},
        OutgoingMail: {MailStatus.QUEUED},
        Visit: {VisitStatus.PLANNED},
        ServiceRequest: {RequestStatus.NEW},
        RemoteAccess: {ConsentStatus.ASKED},
        ManagerChange: {ConsentStatus.ASKED},
        Survey: {SurveyStatus.ASKED},
        Penalty: {PenaltyStatus.PROPOSED},
    }
    for model, first in begins.items():
        record: Any
        about = Event.objects.filter(
            target_type=ContentType.objects.get_for_model(model), target_id=OuterRef("pk"), changes__has_key="status"
        ).order_by("-pk")
        rows = model._default_manager.annotate(
            said=Subquery(about.values(left=KT("changes__status__1"))[:1], output_field=models.CharField())
        )
        untold = Q(said__isnull=True) & ~Q(status__in=first)
        contradicted = Q(said__isnull=False) & ~Q(said=F("status"))
        for record in rows.filter(untold | contradicted).order_by("pk").iterator(chunk_size=_CHUNK):
            last = f"its last event left it {record.said}" if record.said else "no event says how it came to that"
            yield Fault(named(record), f"it is {record.status}, but {last}")
