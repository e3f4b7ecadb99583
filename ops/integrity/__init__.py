"""Holding the stored data against the rules, for an administrator after a restore, an import or a doubt.

See docs/rules.md 16 and docs/commands.md 9.

Each check reads, computes again what should be there, and yields what differs. Nothing is ever repaired by itself:
a difference means that something wrote past the operations, and a person has to find out what.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction

from ops.integrity import (
    charges,
    checks,
    coverage,
    files,
    history,
    invoices,
    logs,
    numbers,
    plan,
    promises,
    quotes,
    renewals,
    requests,
    states,
    storage,
)
from ops.integrity.finding import Fault, Finding

#: By name, in the order they run: first whether the database guards what it should, last the files.
CHECKS: Mapping[str, Callable[[date], Iterator[Fault]]] = {
    "guards": storage.guards,
    "references": storage.references,
    "company": storage.company,
    "terms": coverage.terms,
    "term prices": coverage.prices,
    "inspections": coverage.inspections,
    "plan": plan.rows,
    "renewals": renewals.coming,
    "skipped rows": plan.skipped,
    "quotes": quotes.prices,
    "quote states": quotes.states,
    "charges": charges.invoiced,
    "agreed work": charges.agreed,
    "invoices": invoices.sums,
    "invoice states": invoices.states,
    "credits": invoices.proposed_credits,
    "service requests": requests.clocks,
    "findings": checks.findings,
    "inspection reports": checks.reports,
    "commitments": promises.commitments,
    "damages": promises.penalties,
    "answers": promises.answers,
    "contract states": states.contracts,
    "mail states": states.mails,
    "states and events": states.told,
    "events": history.events,
    "logs": logs.whole,
    "numbers": numbers.series,
    "files": files.hashes,
}


def findings(*, on: date, only: Collection[str] = ()) -> Iterator[Finding]:
    """Run the checks (all, or those named) and yield what is wrong; `on` is today. Reads as of one moment.

    A check that stumbles over data it cannot even read is a finding itself; the others run on.
    """
    with _one_view():
        for name, check in CHECKS.items():
            if only and name not in only:
                continue
            try:
                yield from (Finding(name, *fault) for fault in check(on))
            except Exception as problem:  # hostile data may break anything
                yield Finding(name, "", f"the check could not be finished: {type(problem).__name__}: {problem}")


@contextmanager
def _one_view() -> Iterator[None]:
    """Everything is read as of the same moment while others go on writing."""
    connection.ensure_connection()
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        database: Any = connection
        mode = database.transaction_mode
        database.transaction_mode = "DEFERRED"  # the usual IMMEDIATE would keep every writer waiting
        try:
            with transaction.atomic():
                yield
        finally:
            database.transaction_mode = mode
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
