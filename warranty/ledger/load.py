"""Writing a ledger's good rows, chunk by chunk, so that others can work meanwhile (docs/rules.md 6)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from base.accounts.models import User
from base.chatter.models import Event
from base.chatter.operations import change, create, make_event, move_many
from base.lib.errors import Refused
from contracts.customers import contact_keys, name_keys
from contracts.enums import Milestone
from contracts.ledger.cells import Cell, read_text
from contracts.ledger.life import Life
from contracts.ledger.reader import Ledger
from contracts.ledger.rows import LedgerRow
from contracts.models import Contact, Contract, Customer
from contracts.signals import contract_terminated, milestones_moved
from contracts.states import CONTRACT
from contracts.yardstick import lowered
from warranty.inspections import settle_reported
from warranty.ledger.compare import Comparison, Loadable, loadable, said_of, sort_out
from warranty.ledger.coverage import Stretch
from warranty.ledger.people import managers_of, name_key
from warranty.ledger.yardstick import FEE, ask_for_lower, at_fee, fee_paid, judge_again, lower_fee
from warranty.models import Inspection, MaintenanceTerm
from warranty.operations import Moved, move_terms, term_from
from warranty.planning.writing import plan_contracts

CHUNK = 500


def load(
    ledger: Ledger,
    *,
    by: User | None,
    at: datetime,
    on: date,
    answers: Mapping[tuple[str, int, str], Cell] | None = None,
    people: Mapping[str, int] | None = None,
) -> Comparison:
    """Write every good row of a ledger in chunks of one transaction each. A second load of the same changes nothing."""
    result = Comparison()
    rows, result.rejected, result.warnings = loadable(ledger, answers or {}, people)
    for start in range(0, len(rows), CHUNK):
        load_chunk(rows[start : start + CHUNK], result, people=people, by=by, at=at, on=on)
    return result


@transaction.atomic
def load_chunk(
    rows: Sequence[Loadable],
    result: Comparison,
    *,
    people: Mapping[str, int] | None = None,
    by: User | None,
    at: datetime,
    on: date,
) -> list[int]:
    """Write some rows. What each does is judged again inside the transaction, against what is stored now.

    Returns the keys of the contracts that the rows are about.
    """
    step = Comparison()
    known = sort_out(rows, step)
    writing = step.new + [each for each, _differs in step.changed]
    customers = _customers(writing, by=by, at=at)
    contacts = _contacts(writing, customers)
    managers = managers_of(people or {})
    created = _create(step.new, customers, contacts, managers, by=by, at=at)
    touched = [contract.pk for contract in created]
    for each, differs in list(step.changed):
        contract = known[each.row.number_key]
        try:
            with transaction.atomic():
                _correct(contract, each, differs, customers, contacts, managers, by=by, at=at)
        except Refused:
            step.changed.remove((each, differs))
            step.conflicts.append((each, differs))
        else:
            touched.append(contract.pk)
    _remember(step.unchanged, known)
    over = [pair for pair in zip(created, step.new, strict=True) if pair[1].row.life == Life.TERMINATED]
    for contract, each in over:
        _end(contract, each, by=by, at=at, on=on)
    plan_contracts(set(touched) - {contract.pk for contract, _each in over}, on=on)
    for name in ("new", "changed", "unchanged", "conflicts"):
        getattr(result, name).extend(getattr(step, name))
    return [contract.pk for contract in (*created, *known.values())]


def _end(contract: Contract, each: Loadable, *, by: User | None, at: datetime, on: date) -> None:
    """A contract that was over when it came in ends on the last day of its coverage, at the latest today."""
    last = max((term.period.last_day for term in each.terms), default=on)
    day = max(min(each.row.covered_until or last, last, on), contract.signed_on)
    note = _("as the ledger says: %(word)s") % {"word": read_text(each.row.cells.get("state"))}
    move_many([contract], CONTRACT, "terminated", by=by, at=at, values={"terminated_on": day}, note=note)
    contract_terminated.send(Contract, contract=contract, by=by, at=at, on=day, as_planned=False)


def _remember(rows: Iterable[Loadable], known: Mapping[str, Contract]) -> None:
    """What the ledger said last, also where it says what is stored here already: no change of the contract."""
    stale: list[Contract] = []
    for each in rows:
        contract = known[each.row.number_key]
        if contract.ledger_values != (said := said_of(each, contract)):
            contract.ledger_values = said
            stale.append(contract)
    Contract.objects.bulk_update(stale, ["ledger_values"], batch_size=CHUNK)


def _customers(rows: Sequence[Loadable], *, by: User | None, at: datetime) -> dict[str, Customer]:
    """The customers of these rows by key; those not known are made, a code that was missing is filled in."""
    wanted: dict[str, LedgerRow] = {}
    codes: dict[str, str] = {}
    for each in rows:
        wanted.setdefault(each.row.customer_key, each.row)
        if each.row.credit_code:
            codes.setdefault(each.row.customer_key, each.row.credit_code)
    before = {each.row.customer_key: each.row.renamed_from for each in rows if each.row.renamed_from}
    known = {customer.key: customer for customer in Customer.objects.filter(key__in={*wanted, *before.values()})}
    renamed = {key: old for key, old in before.items() if key not in known and (old in known or old in wanted)}
    fresh = [
        Customer(name=row.customer, credit_code=codes.get(key, ""), **{**name_keys(row.customer), "key": key})
        for key, row in wanted.items()
        if key not in known and key not in renamed
    ]
    for customer in Customer.objects.bulk_create(fresh):
        known[customer.key] = customer
    Event.objects.bulk_create([make_event(customer, "imported", by=by, at=at) for customer in fresh])
    for key, old in renamed.items():
        name, known[key] = wanted[key].customer, known[old]
        change(known[old], {"name": name, **name_keys(name), "key": key}, by=by, at=at, verb="imported")
    for key, code in codes.items():
        if not known[key].credit_code:
            change(known[key], {"credit_code": code}, by=by, at=at)
    return known


def _contacts(rows: Iterable[Loadable], customers: Mapping[str, Customer]) -> dict[tuple[int, str, str, str], Contact]:
    """The contacts of these rows, by customer, name, phone and address."""
    wanted = {
        (customers[each.row.customer_key].pk, each.row.contact, each.row.phone, each.row.email): None
        for each in rows
        if each.row.contact or each.row.email or each.row.phone
    }
    owners = {customer for customer, *_rest in wanted}
    known = {(c.customer_id, c.name, c.phone, c.email): c for c in Contact.objects.filter(customer__in=owners)}
    fresh = [
        Contact(customer_id=customer, name=name, phone=phone, email=email, keys=contact_keys(name, phone, email))
        for customer, name, phone, email in wanted
        if (customer, name, phone, email) not in known
    ]
    for contact in Contact.objects.bulk_create(fresh):
        known[contact.customer_id, contact.name, contact.phone, contact.email] = contact
    return known


def _links(
    each: Loadable,
    customers: Mapping[str, Customer],
    contacts: Mapping[tuple[int, str, str, str], Contact],
    managers: Mapping[str, User],
) -> dict[str, Any]:
    row = each.row
    customer = customers[row.customer_key]
    manager = managers.get(name_key(row.manager))
    return {
        "customer": customer,
        "contact": contacts.get((customer.pk, row.contact, row.phone, row.email)),
        "manager": manager,
        "manager_name": "" if manager else row.manager,
    }


def _create(
    rows: Sequence[Loadable],
    customers: Mapping[str, Customer],
    contacts: Mapping[tuple[int, str, str, str], Contact],
    managers: Mapping[str, User],
    *,
    by: User | None,
    at: datetime,
) -> list[Contract]:
    contracts = Contract.objects.bulk_create(
        [
            Contract(
                number=each.row.number,
                ledger_values=each.stored(),
                **each.values(),
                **_links(each, customers, contacts, managers),
            )
            for each in rows
        ]
    )
    prefetch_related_objects(contracts, "amendments")
    MaintenanceTerm.objects.bulk_create(
        [
            term_from(t.period, contract=contract, kind=t.kind, origin="ledger", price=t.price)
            for contract, each in zip(contracts, rows, strict=True)
            for t in each.terms
        ]
    )
    Event.objects.bulk_create([make_event(contract, "imported", by=by, at=at) for contract in contracts])
    return contracts


def _correct(
    contract: Contract,
    each: Loadable,
    differs: Mapping[str, list[object]],
    customers: Mapping[str, Customer],
    contacts: Mapping[tuple[int, str, str, str], Contact],
    managers: Mapping[str, User],
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Set what the ledger says differently, and nothing a person changed here meanwhile."""
    values: dict[str, Any] = {name: value for name, value in each.values().items() if name in differs}
    links = _links(each, customers, contacts, managers)
    for said, fields in {
        "customer": ["customer", "contact"],
        "contact": ["contact"],
        "manager": ["manager", "manager_name"],
    }.items():
        if said in differs:
            values |= {name: links[name] for name in fields}
    lower = lowered(contract, values)
    values = {name: value for name, value in values.items() if name not in lower}
    change(contract, {**values, "ledger_values": said_of(each, contract)}, by=by, at=at, verb="imported")
    if values.keys() & {f"{milestone.value}_on" for milestone in Milestone}:
        milestones_moved.send(Contract, contract=contract, by=by, at=at)
    paid = fee_paid(list(contract.terms.order_by("first_day")))
    if "terms" in differs:
        lower |= _correct_terms(contract, each.terms, by=by, at=at)
    if "amount" in values:
        judge_again(contract, by=by, at=at)
    if lower:
        ask_for_lower(contract, lower, paid=paid, by=by, at=at)


def _correct_terms(contract: Contract, said: Sequence[Stretch], *, by: User | None, at: datetime) -> dict[str, Any]:
    """Terms as the ledger says them, at the fee of before where its own is lower; that one is returned, to be asked for."""
    stored = list(contract.terms.order_by("first_day"))
    fee, paid = lower_fee(stored, said), fee_paid(stored)
    if fee is not None and paid is not None:
        said = at_fee(said, paid)
    wanted = [term_from(t.period, contract=contract, kind=t.kind, origin="ledger", price=t.price) for t in said]
    if any(term.origin not in ("ledger", "acceptance") for term in stored):
        raise Refused(_("Its coverage was changed here."))
    surplus = [term.pk for term in stored[len(wanted) :]]
    if Inspection.objects.filter(action__term__in=surplus, reported_at__isnull=False).exists():
        raise Refused(_("An inspection was reported in a term the ledger no longer has."))
    contract.terms.filter(pk__in=surplus).delete()
    kept = list(zip(stored, wanted, strict=False))
    values = {old.pk: {name: getattr(new, name) for name in _WITH_TERM} for old, new in kept}
    moved = [Moved(old, old.period, new.period) for old, new in kept]
    move_terms(moved, by=by, at=at, verb="imported", also=values)
    for term in wanted[len(stored) :]:
        create(term, by=by, at=at, verb="imported")
    settle_reported(contract, by=by, at=at)
    return {FEE: fee} if fee is not None else {}


_WITH_TERM = ("kind", "price", "cap_base", "cap_rate", "hand_set_reason")
