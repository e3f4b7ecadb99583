"""What the database itself must hold: its constraints and triggers, its references, the company's one row."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

from base.audit import guards as audit
from base.chatter.registry import our_models
from base.company.models import Company, WorkWindow
from ops.integrity.finding import Fault


def guards(on: date) -> Iterator[Fault]:
    """Every constraint a model declares, what keeps terms from overlapping and logs as they are: all in force."""
    with connection.cursor() as cursor:
        for model in our_models():
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            for constraint in model._meta.constraints:
                if constraint.name not in there:
                    yield Fault(model._meta.db_table, f"the constraint {constraint.name} is not installed")
        yield from _overlap_guards(cursor)
        yield from _log_guards(cursor)


def _overlap_guards(cursor: Any) -> Iterator[Fault]:
    if connection.vendor == "postgresql":
        wanted = ["term_no_overlap"]
        sql = "SELECT conname FROM pg_constraint WHERE conname LIKE 'term_no_overlap%%' AND convalidated"
    else:
        wanted = ["term_no_overlap_INSERT", "term_no_overlap_UPDATE"]
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    cursor.execute(sql)
    there = {name for (name,) in cursor.fetchall()}
    for name in wanted:
        if name not in there:
            yield Fault("warranty_maintenanceterm", f"{name} is not installed: run `manage.py migrate`")


def _log_guards(cursor: Any) -> Iterator[Fault]:
    """What keeps events, accesses and seals as they were written."""
    there = audit.installed(cursor, connection.vendor)
    for table, name in audit.trigger_names(connection.vendor):
        if name not in there:
            yield Fault(table, f"{name} is not installed: run `manage.py migrate`")


def references(on: date) -> Iterator[Fault]:
    """No row points to one that is gone. PostgreSQL sees to it by itself; SQLite does while it is asked to."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        for table, row, target, _number in cursor.fetchall():
            yield Fault(f"{table} {row}", f"points to a row of {target} that is not there")


def company(on: date) -> Iterator[Fault]:
    """Exactly one company, with at least one stretch of working time."""
    keys = list(Company.objects.order_by("pk").values_list("pk", flat=True))
    if keys != [1]:
        yield Fault("Company", f"there must be one row, with key 1; there are {keys}")
    if not WorkWindow.objects.exists():
        yield Fault("WorkWindow", "no working time is left, so that no working day can be counted")
