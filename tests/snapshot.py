"""All that is stored, without keys and moments: two ways of doing the same leave the same."""

import re
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from base.accounts.models import User
from base.chatter.models import Event, Todo
from base.documents.models import NumberSeries
from base.mail.models import OutgoingMail
from billing.models import CreditNote, CreditProposal, Invoice, InvoiceLine, Payment
from contracts.models import Amendment, Contact, Contract, Customer, InvoiceTitle
from renewals.models import QuoteLine, QuoteLink, RenewalQuote
from warranty.models import Inspection, MaintenanceTerm, PlannedAction

#: Each model, and what its rows are known by where others refer to them.
_KEYS: dict[type[models.Model], tuple[str, ...]] = {
    User: ("username",),
    Customer: ("key",),
    Contact: ("customer__key", "name", "email"),
    InvoiceTitle: ("customer__key", "name"),
    Contract: ("number",),
    Amendment: ("contract__number", "effective_on"),
    MaintenanceTerm: ("contract__number", "first_day"),
    PlannedAction: ("contract__number", "term__first_day", "kind", "step"),
    Inspection: ("action__contract__number", "action__term__first_day", "action__step"),
    RenewalQuote: ("number", "revision"),
    QuoteLine: (),
    QuoteLink: (),
    Invoice: ("number",),
    InvoiceLine: (),
    CreditNote: ("number",),
    CreditProposal: ("invoice__number", "on"),
    Payment: (),
    OutgoingMail: ("kind", "to_email", "subject"),
    Todo: (),
    Event: (),
    NumberSeries: ("prefix", "year"),
}
_LINK = re.compile(r"/q/[\w-]+/")
_KEY_IN_CAUSE = re.compile(r":\d+")


def snapshot() -> dict[str, list[str]]:
    """Every row of the business as one line of text, by model."""
    names: dict[type[models.Model], dict[int, Any]] = {
        model: dict(
            zip(model._default_manager.values_list("pk", flat=True).order_by("pk"), _names(model, key), strict=True)
        )
        for model, key in _KEYS.items()
        if key
    }
    types = {kind.pk: kind.model_class() for kind in ContentType.objects.all()}
    return {model.__name__: sorted(_line(row, names, types) for row in model._default_manager.all()) for model in _KEYS}


def _names(model: type[models.Model], key: tuple[str, ...]) -> list[str]:
    return ["/".join(map(str, values)) for values in model._default_manager.order_by("pk").values_list(*key)]


def _line(row: models.Model, names: dict[Any, dict[int, Any]], types: dict[int, Any]) -> str:
    said = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.primary_key or isinstance(value, datetime) or field.name in ("run", "token_hash"):
            continue
        if isinstance(field, models.ForeignKey) and value is not None:
            value = names.get(field.related_model, {}).get(value, types.get(value))
        elif field.name == "target_id":
            value = names.get(types[row.target_type_id], {}).get(value, "gone")  # type: ignore[attr-defined]
        elif field.name in ("cause", "subject"):
            value = _KEY_IN_CAUSE.sub(":#", value or "", count=1)
        elif field.name in ("text", "papers"):
            value = _LINK.sub("/q/#/", re.sub(r", \d+\]", ", #]", str(value)))
        said[field.name] = str(value)
    return repr(said)
