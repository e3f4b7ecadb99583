"""A contract that is entered together with its customer, contact or invoice title."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from base.accounts.models import User
from base.lib.errors import Refused
from contracts.customers import save_customer, save_customer_part
from contracts.models import Contact, Contract, Customer, InvoiceTitle

_CONTACT: Final = {"new_contact": "name", "new_salutation": "salutation", "new_phone": "phone", "new_email": "email"}
_TITLE: Final = {"new_title": "name", "new_tax_number": "tax_number"}


def with_new_parts(contract: Contract, values: Mapping[str, Any], *, by: User, at: datetime) -> dict[str, Any]:
    """The contract's values with what is not there yet made: to be stored in the same transaction.

    A new contract takes its customer's contact and invoice title where there is only one of them. Raises `Refused` at the
    field that names what is there already.
    """
    said = {name: value for name, value in values.items() if not name.startswith("new_")}
    fresh = {name: values.get(name) or "" for name in ("new_customer", *_CONTACT, *_TITLE)}
    if fresh["new_customer"]:
        try:
            said["customer"] = save_customer(customer=Customer(), values={"name": fresh["new_customer"]}, by=by, at=at)
        except Refused as refusal:
            raise Refused(refusal.message, field="new_customer", code=refusal.code) from refusal
    customer = said.get("customer") or (contract.customer if contract.customer_id else None)
    if customer is None:
        return said
    for name, key, parts, model in (
        ("contact", "new_contact", _CONTACT, Contact),
        ("title", "new_title", _TITLE, InvoiceTitle),
    ):
        if fresh[key]:
            own = {field: fresh[place] for place, field in parts.items()}
            said[name] = save_customer_part(part=model(customer=customer), values=own, by=by, at=at)
        elif contract.pk is None and said.get(name) is None:
            said[name] = _only(model, customer)
    return said


def _only(model: type[Contact] | type[InvoiceTitle], customer: Customer) -> Contact | InvoiceTitle | None:
    """The one there is; none of several."""
    found = list(model._default_manager.filter(customer=customer)[:2])
    return found[0] if len(found) == 1 else None
