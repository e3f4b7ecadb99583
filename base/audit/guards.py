"""Events, accesses and seals are only ever added, and the database itself sees to it (docs/rules.md 18.1).

Triggers on both databases, installed after every migration, since SQLite drops a table's triggers when a migration rebuilds
it. Two ways are left open, each named in the trigger: while an erasure is open its values may be replaced, and the
rows of a month of accesses may go once its head says that it was dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

_ERASING = "EXISTS (SELECT 1 FROM audit_erasure WHERE is_open)"
_DROPPED = "EXISTS (SELECT 1 FROM audit_loghead WHERE log = OLD.{} AND log > 0 AND dropped_at IS NOT NULL)"


class Guarded(NamedTuple):
    """A table, the columns in which a value may be erased, and the column that names the month of a row."""

    table: str
    erasable: tuple[str, ...] = ()
    month: str = ""


TABLES = (
    Guarded("chatter_event", erasable=("changes", "note")),
    Guarded("audit_seal", erasable=("salts",), month="log"),
    Guarded("audit_access", month="segment"),
)
_ON_SQLITE = ("update", "delete", "replace")
_ON_POSTGRESQL = ("change", "truncate")


def trigger_names(vendor: str) -> list[tuple[str, str]]:
    """The table and the name of each trigger."""
    kinds = _ON_POSTGRESQL if vendor == "postgresql" else _ON_SQLITE
    return [(each.table, f"{each.table}_no_{kind}") for each in TABLES for kind in kinds]


def installed(cursor: CursorWrapper, vendor: str) -> set[str]:
    """The triggers that are there and in force."""
    if vendor == "postgresql":
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%%\\_no\\_%%' AND tgenabled IN ('O', 'A')")
    else:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return {name for (name,) in cursor.fetchall()}


def install(*, using: str = "default", apps: Apps = installed_apps, **_: object) -> None:
    """Install what is missing, then seal what is stored already. Receiver of `post_migrate`."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    if not {each.table for each in TABLES} | {"audit_erasure", "audit_loghead"} <= there:
        return
    with connection.cursor() as cursor:
        for each in TABLES:
            columns = [found.name for found in connection.introspection.get_table_description(cursor, each.table)]
            statements = _postgresql(each) if connection.vendor == "postgresql" else _sqlite(each, columns)
            for statement in statements:
                cursor.execute(statement)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the triggers, for tests that empty all tables; `install` brings them back."""
    with connection.cursor() as cursor:
        for table, name in trigger_names(connection.vendor):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
    yield
    install(using=connection.alias)


def _sqlite(each: Guarded, columns: list[str]) -> Iterator[str]:
    kept = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in columns if name not in each.erasable)
    may_change = f"{_ERASING} AND {kept}" if each.erasable else "0"
    may_go = _DROPPED.format(each.month) if each.month else "0"
    stop = f"BEGIN SELECT RAISE(ABORT, '{each.table} is append-only'); END"
    yield f"DROP TRIGGER IF EXISTS {each.table}_no_update"
    yield f"CREATE TRIGGER {each.table}_no_update BEFORE UPDATE ON {each.table} WHEN NOT ({may_change}) {stop}"
    yield f"DROP TRIGGER IF EXISTS {each.table}_no_delete"
    yield f"CREATE TRIGGER {each.table}_no_delete BEFORE DELETE ON {each.table} WHEN NOT ({may_go}) {stop}"
    # REPLACE deletes without asking the trigger above.
    there = f"EXISTS (SELECT 1 FROM {each.table} WHERE id = NEW.id)"  # noqa: S608 - a name of our own
    yield f"DROP TRIGGER IF EXISTS {each.table}_no_replace"
    yield f"CREATE TRIGGER {each.table}_no_replace BEFORE INSERT ON {each.table} WHEN {there} {stop}"


def _postgresql(each: Guarded) -> Iterator[str]:
    without = "".join(f" - '{name}'" for name in each.erasable)
    may_change = f"{_ERASING} AND to_jsonb(NEW){without} = to_jsonb(OLD){without}" if each.erasable else "false"
    may_go = _DROPPED.format(each.month) if each.month else "false"
    name = f"{each.table}_no_change"
    yield f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN IF {may_change} THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'DELETE' THEN IF {may_go} THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION '{each.table} is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
    yield f"DROP TRIGGER IF EXISTS {name} ON {each.table}"
    yield (f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {each.table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    yield f"DROP TRIGGER IF EXISTS {each.table}_no_truncate ON {each.table}"
    yield (
        f"CREATE TRIGGER {each.table}_no_truncate BEFORE TRUNCATE ON {each.table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )
