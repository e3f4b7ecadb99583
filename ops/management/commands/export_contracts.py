"""`manage.py export_contracts [--on DATE] [--format jsonl]`: one contract a line (docs/commands.md 6)."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Prefetch

from billing.models import Invoice
from contracts.enums import Coverage
from contracts.models import Amendment, Contract
from contracts.queries import in_force
from contracts.rules import renewal_cap
from ops.management.commands._json import day, here, number
from renewals.models import RenewalQuote
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.queries import coverage_on
from warranty.termination import last_covered

_COVERED = frozenset({Coverage.FREE, Coverage.PAID, Coverage.GOODWILL})


class Command(BaseCommand):
    help = "Every contract with its terms, plan, quotes and invoices, one JSON document a line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day, help="the day coverage is judged on (default: today)")
        parser.add_argument("--format", choices=["jsonl"], default="jsonl")

    def handle(self, **options: Any) -> None:
        for document in documents(here(options["on"])):
            self.stdout.write(json.dumps(document, ensure_ascii=False))


def documents(on: date) -> Iterator[dict[str, Any]]:
    """Each contract as scripts read it."""
    contracts = (
        Contract.objects.order_by("number")
        .select_related("customer")
        .prefetch_related(
            Prefetch("terms", MaintenanceTerm.objects.order_by("first_day")),
            Prefetch("amendments", Amendment.objects.order_by("effective_on", "id")),
            Prefetch("plan", PlannedAction.objects.select_related("inspection").order_by("due_on", "kind", "step")),
            Prefetch("quotes", RenewalQuote.objects.order_by("number", "revision")),
            Prefetch("invoices", Invoice.objects.order_by("number")),
        )
    )
    for contract in contracts.iterator(chunk_size=500):
        yield _document(contract, on)


def _document(contract: Contract, on: date) -> dict[str, Any]:
    terms = list(contract.terms.all())
    agreed = in_force(contract, on)
    return {
        "number": contract.number,
        "customer": contract.customer.name,
        "amount": str(agreed.amount.amount),
        "currency": agreed.amount.currency.code,
        "signed_on": str(contract.signed_on),
        "final_acceptance_on": _day(contract.final_acceptance_on),
        "free_months": contract.free_months,
        "renewal_rate": number(agreed.renewal_rate) if agreed.renewal_rate is not None else None,
        "inspections_per_year": agreed.inspections_per_year,
        "annual_cap": str(renewal_cap(agreed.amount, contract.cap_rate, 12).amount),
        "coverage_end": _day(last_covered(contract, terms[-1].last_day) if terms else None),
        **({"ending_on": str(contract.ending_on)} if contract.ending_on else {}),
        "covered": coverage_on(contract, terms, on) in _COVERED,
        "terms": [
            {"kind": t.kind, "first_day": str(t.first_day), "last_day": str(t.last_day), "price": str(t.price.amount)}
            for t in terms
        ],
        "plan": [_row(row) for row in contract.plan.all()],
        "quotes": [
            {"number": str(q), "state": q.status, "price": str(q.price.amount), "valid_until": _day(q.valid_until)}
            for q in contract.quotes.all()
        ],
        "invoices": [
            {
                "number": i.number,
                "state": i.status,
                "gross": str(i.gross.amount),
                "net": str(i.net.amount),
                "tax": str(i.tax.amount),
            }
            for i in contract.invoices.all()
        ],
    }


def _row(row: PlannedAction) -> dict[str, Any]:
    inspection = getattr(row, "inspection", None)
    return {
        "kind": row.kind,
        "step": row.step,
        "due_on": str(row.due_on),
        "state": row.state,
        "window": [str(inspection.window_first), str(inspection.window_last)] if inspection else None,
    }


def _day(day: date | None) -> str | None:
    return str(day) if day else None
