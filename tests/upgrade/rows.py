"""A filled database as rows that any database can take: written when a state has landed, loaded by the upgrade's tests.

DATABASE_URL=sqlite:////tmp/filled.sqlite3 python -m tests.upgrade.rows write    # an empty database; fills it, writes the file
DATABASE_URL=… python -m tests.upgrade.rows load                                 # an empty database; at the landed state after it
"""

import gzip
import hashlib
import json
import os
import sys
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).parent / "landed.json.gz"
#: The migrations that have landed, and are never edited again.
HASHES = Path(__file__).parent / "landed.sha256"
#: Django makes these anew by itself.
_LEFT_OUT = {"auth", "sessions", "account"}


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    raise TypeError(f"{value!r} of {type(value)} has no place in the file")


def _models(state: Any) -> list[Any]:
    """The models as the migrations know them, tables of many-to-many relations too."""
    found = state.apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.app_label not in _LEFT_OUT and model._meta.managed]


def _fields(model: Any) -> list[Any]:
    """What is stored; the database computes the rest."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def write() -> None:
    """Fill the database with something of everything, and keep its rows and the migrations they stand on."""
    import time_machine
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    call_command("migrate", verbosity=0)
    from tests.access import world
    from tests.chain import AT

    with time_machine.travel(AT, tick=False):
        world.build()
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    tables = {}
    for model in _models(executor.loader.project_state(targets)):
        names = [field.attname for field in _fields(model)]
        tables[model._meta.label_lower] = [names, list(model._base_manager.order_by("pk").values_list(*names))]
    kept = {"migrations": targets, "tables": tables, "findings": found()}
    FILE.write_bytes(gzip.compress(json.dumps(kept, default=_plain, ensure_ascii=False).encode(), mtime=0))
    HASHES.write_text("".join(f"{digest}  {path}\n" for path, digest in sorted(migrations().items())))
    print(f"{sum(len(rows) for _names, rows in tables.values())} rows, {FILE.stat().st_size} bytes")


def found() -> list[list[str]]:
    """What the integrity check says of the rows; the files they name are not kept."""
    from ops.integrity import CHECKS, findings
    from tests.chain import ON

    return [list(each) for each in findings(on=ON, only=set(CHECKS) - {"files"})]


def migrations() -> dict[str, str]:
    """The SHA-256 of every migration, by its path."""
    paths = [*ROOT.glob("*/migrations/0*.py"), *ROOT.glob("base/*/migrations/0*.py")]
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def check() -> None:
    """Print as JSON how many rows each table holds and what the integrity check says, for the test to compare."""
    from django.apps import apps

    counts = {
        model._meta.label_lower: model._base_manager.count() for model in apps.get_models(include_auto_created=True)
    }
    print(json.dumps({"counts": counts, "findings": found()}))


def load() -> None:
    """Migrate an empty database to the state the file was written in, and put its rows in."""
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    kept = json.loads(gzip.decompress(FILE.read_bytes()))
    targets = [(app, name) for app, name in kept["migrations"]]
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    models = {model._meta.label_lower: model for model in _models(executor.loader.project_state(targets))}
    with transaction.atomic(), connection.cursor() as cursor:
        for label in kept["tables"]:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(models[label]._meta.db_table)}")
        for label, (names, rows) in kept["tables"].items():
            _insert(cursor, models[label], names, rows)
        for sql in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(sql)


def _insert(cursor: Any, model: Any, names: list[str], rows: list[list[Any]]) -> None:
    from django.db import connection

    fields = {field.attname: field for field in _fields(model)}
    columns = ", ".join(connection.ops.quote_name(fields[name].column) for name in names)
    places = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES ({places})"
    if rows:
        cursor.executemany(
            statement, [[_stored(fields[n], v) for n, v in zip(names, row, strict=True)] for row in rows]
        )


def _stored(field: Any, value: Any) -> Any:
    """A value of the file as this database stores it."""
    from django.db import connection, models

    if isinstance(field, models.DecimalField):  # a sum of money, too: its currency is a column of its own
        return models.DecimalField.get_db_prep_save(field, None if value is None else Decimal(value), connection)
    return field.get_db_prep_save(field.to_python(value), connection)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    {"write": write, "load": load, "check": check}[sys.argv[1]]()
