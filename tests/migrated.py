"""The migrated database of the tests, kept between two runs: migrating from nothing takes longer than most tests do."""

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate

_ROOT = Path(settings.BASE_DIR)


def _kept() -> Path:
    """Named after all that decides what the migrations leave: a change of one of them makes a new file."""
    digest = hashlib.sha256(sys.version.encode())
    for path in [*sorted(_ROOT.glob("*/migrations/*.py")), *sorted(_ROOT.glob("*/*/migrations/*.py"))]:
        digest.update(path.relative_to(_ROOT).as_posix().encode() + path.read_bytes())
    for name in ("requirements.lock", "config/settings.py"):
        digest.update((_ROOT / name).read_bytes())
    return Path(settings.DATA_DIR) / "tests" / f"{digest.hexdigest()[:32]}.sqlite3"


@contextmanager
def migrated_once() -> Iterator[None]:
    """Fill SQLite's database in memory from the last run, if nothing that made it has changed; else keep what is made now.

    `migrate` then finds nothing to apply, and does what follows on it (guards, seeds, permissions) as ever.
    """
    if connection.vendor != "sqlite" or connection.settings_dict["TEST"].get("NAME"):
        yield
        return
    kept = _kept()
    with closing(sqlite3.connect(f"file:memorydb_{connection.alias}?mode=memory&cache=shared", uri=True)) as memory:
        if kept.exists():
            with closing(sqlite3.connect(kept)) as file:
                file.backup(memory)
            yield
        else:
            post_migrate.connect(_keep, dispatch_uid=_keep)
            yield


def _keep(**_: object) -> None:
    """Write down what the migrations left, before anything that follows on them."""
    post_migrate.disconnect(dispatch_uid=_keep)
    kept = _kept()
    kept.parent.mkdir(parents=True, exist_ok=True)
    made = kept.with_name(f"{uuid4()}.making")
    with closing(sqlite3.connect(made)) as file:
        connection.connection.backup(file)
    made.replace(kept)
    for old in kept.parent.glob("*.sqlite3"):
        if old != kept:
            old.unlink(missing_ok=True)
