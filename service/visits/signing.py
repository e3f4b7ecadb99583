"""Signing a service record: from then on it never changes, and its paper is kept with its hash."""

import base64
import copy
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.files import add_attachment
from base.chatter.operations import move, settle_todos, stale
from base.company.queries import today
from base.documents.models import Document
from base.documents.registry import store_document
from base.lib.errors import Refused
from service.documents.builders.visits import (
    CUSTOMERS_SIGNATURE,
    language_of,
    record_key,
    record_name,
    record_paper,
)
from service.models import Visit
from service.money import charge_of
from service.prices import ask_to_invoice
from service.states import VISIT
from service.visits.notifications import mail_record
from service.visits.operations import is_priced

#: The label of the paper that was signed by hand.
SIGNED_COPY = "signed_record"


def sign_visit(
    *,
    visit: Visit,
    signer: str,
    signed_on: date,
    satisfaction: int | None = None,
    remark: str = "",
    signature: "File[bytes] | None" = None,
    signed_copy: "File[bytes] | None" = None,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> Document:
    """Have the record signed: by a drawn `signature` (PNG), or by a picture or PDF of the paper signed by hand.

    The paper is rendered before the transaction, which takes its time, and stored in the one that freezes the visit:
    what changed meanwhile raises `Stale`. Raises `Refused` without a name or either proof, for a day before the work
    or in the future, and for a file that may not be kept.
    """
    require(by, "visits.work")
    values = {
        "signer": signer.strip(), "signed_on": signed_on, "satisfaction": satisfaction, "remark": remark.strip(),
    }  # fmt: skip
    _check(visit, values, signature or signed_copy, at)
    parts = list(visit.parts.all())
    signed = copy.copy(visit)
    for name, value in values.items():
        setattr(signed, name, value)
    drawn = _uri(signature) if signature else ""
    data = record_paper(signed, parts, drawn).render(language_of(visit))
    with transaction.atomic():
        move(visit, VISIT, "signed", by=by, at=at, values=values, seen=visit.version if seen is None else seen)
        if [(each.pk, each.version) for each in visit.parts.all()] != [(each.pk, each.version) for each in parts]:
            raise stale()
        for file, label in ((signature, CUSTOMERS_SIGNATURE), (signed_copy, SIGNED_COPY)):
            if file is not None:
                add_attachment(target=visit, upload=file, by=by, at=at, label=label)
        settle_todos(visit, by=by, at=at)
        document = store_document(key=record_key(visit.pk), name=record_name(visit), data=data, target=visit, at=at)
        mail_record(visit, at=at)
        charge = charge_of(visit, parts)
        if charge.amount:
            ask_to_invoice(visit, charge, kind="visit_to_invoice", name="visit", at=at)
        return document


def _check(visit: Visit, values: dict[str, Any], proof: "File[bytes] | None", at: datetime) -> None:
    if visit.status not in VISIT.move("signed").sources:
        raise Refused(_("That is not possible as it stands."), code="wrong_state")
    if not is_priced(visit.covered, visit.fee, visit.free_because):
        raise Refused(_("Not covered: enter the fee, or say why it is free."), code="unpriced")
    if not values["signer"]:
        raise Refused(_("Say who signs."), field="signer")
    if proof is None:
        raise Refused(_("Have it signed here, or upload the signed paper."), field="signature")
    held_on = today(visit.left_at) if visit.left_at else visit.planned_on
    if not held_on <= values["signed_on"] <= today(at):
        raise Refused(_("It is signed between the day of the visit and today."), field="signed_on")


def _uri(picture: "File[bytes]") -> str:
    picture.seek(0)
    data = base64.b64encode(picture.read()).decode()
    picture.seek(0)
    return f"data:image/png;base64,{data}"
