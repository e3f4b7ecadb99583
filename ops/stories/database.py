"""Databases made for stories: told by a table of their own, so that no story is ever played on a real one."""

import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from base.chatter.operations import change
from base.company.queries import company
from ops.demo.cast import write_company, write_people

#: A database that has this table was made for stories and holds nothing else.
MARK = "made_for_stories"
#: Before any story begins.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def is_made_for_stories() -> bool:
    """Whether the database in use was made by `play --new`."""
    return MARK in connection.introspection.table_names()


def file_of(story: Path) -> Path:
    """Where the database of a story is kept while no `DATABASE_URL` is given."""
    return Path(settings.DATA_DIR) / "stories" / f"{story.stem}.sqlite3"


def open_for(story: Path, *, new: bool) -> str:
    """Use the database of a story, a fresh one if asked for; returns what it is called.

    Raises `CommandError` for any database that was not made for stories, and changes nothing in it.
    """
    # Files of stories lie apart from real ones.
    settings.MEDIA_ROOT = str(file_of(story).parent / "files")
    is_given = bool(os.environ.get("DATABASE_URL"))
    name = "the database of DATABASE_URL" if is_given else str(_use(file_of(story), new=new))
    if new:
        make(name)
    elif not is_made_for_stories():
        raise CommandError(f"{name} was not made for stories: nothing was played. `play --new` makes one.")
    return name


def _use(path: Path, *, new: bool) -> Path:
    """Point the connection at a file; one that is there is replaced only if it was made for stories."""
    connection.close()
    there = path.exists()
    if not there and not new:
        raise CommandError(f"{path} is not there: nothing was played. `play --new` makes it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.settings_dict["NAME"] = str(path)
    if there and new:
        if not is_made_for_stories():
            raise CommandError(f"{path} was not made for stories, so it is not replaced.")
        connection.close()
        for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            each.unlink(missing_ok=True)
    return path


def make(name: str) -> None:
    """Fill an empty database with what every installation has, the company and its people, and mark it."""
    if connection.introspection.table_names():
        raise CommandError(f"{name} is not empty: a story begins with an empty database.")
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        furnish()


def furnish() -> None:
    """The mark, the company and a person of every role, with the log-ins of the demo."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {MARK} (since varchar(40))")
    write_company(at=BEGINNING)
    change(company(), {"mail_on_hold": False}, by=None, at=BEGINNING, verb="mail_released")
    write_people()
