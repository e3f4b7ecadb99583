"""Is everything well with this installation? What is asked here is what goes wrong in real ones.

See docs/rules.md 3, 7.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import cache
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from base.audit.models import EVENTS, LogHead
from base.audit.sealing import unsealed_count
from base.changes.queries import unconfirmed
from base.company.models import CalendarYear
from base.company.queries import company, today
from base.documents.pdf import missing_glyphs, subset_library_present
from base.jobs import queries as jobs
from base.mail.models import MailStatus, OutgoingMail
from base.mail.queries import due, held_because, unresolved
from console.database import refusal
from console.models import Heartbeat

_SILENCE = timedelta(minutes=3)
#: A mail that could leave does so within minutes; later ones mean that the server cannot be reached.
_LATE = timedelta(minutes=30)
#: A job that waits this long stands behind one that does not come to its end.
_STUCK = timedelta(hours=1)
_BROKER_SECONDS = 2
#: The beat has rows sealed each minute.
_UNSEALED = timedelta(minutes=10)


class Level(IntEnum):
    """The worst one speaks for the installation."""

    OK = 0
    WARN = 1
    BAD = 2

    @property
    def word(self) -> str:
        """As programs and style sheets know it: `ok`, `warn`, `bad`."""
        return self.name.lower()


@dataclass(frozen=True)
class Check:
    """One thing looked at. `text` says in the reader's language how it is, and what to do."""

    name: str
    level: Level
    text: str


def health(at: datetime) -> list[Check]:
    """Everything there is to say. Never raises: a check that breaks is bad itself."""
    first = _checked(_database, at)
    if first.level == Level.BAD:
        return [first]
    return [first, *(_checked(check, at) for check in _CHECKS)]


def worst(checks: list[Check]) -> Level:
    """What the installation as a whole is."""
    return max(check.level for check in checks)


def _checked(check: Callable[[datetime], Check], at: datetime) -> Check:
    try:
        return check(at)
    except Exception as problem:  # the page that tells what is broken must not break with it
        return Check(check.__name__.strip("_"), Level.BAD, f"{type(problem).__name__}: {problem}")


def _database(at: datetime) -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        return Check("database", Level.BAD, _("The database does not answer: %(problem)s") % {"problem": problem})
    return Check("database", Level.OK, connection.vendor)


def _migrations(at: datetime) -> Check:
    if reason := refusal():
        return Check("migrations", Level.BAD, reason)
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _backwards in missing)
        text = _("The database is older than the program. Run `manage.py migrate`: %(names)s") % {"names": names}
        return Check("migrations", Level.BAD, text)
    return Check("migrations", Level.OK, _("The database is up to date."))


def _broker(at: datetime) -> Check:
    options: dict[str, str] = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {})
    folders = [Path(folder) for name, folder in options.items() if name.startswith("data_folder")]
    if blocked := [folder for folder in folders if not os.access(folder, os.W_OK)]:
        return Check("broker", Level.BAD, _("The broker's folder cannot be written: %(path)s") % {"path": blocked[0]})
    try:
        with current_app.connection_for_read(connect_timeout=_BROKER_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except Exception as problem:  # every broker's client has errors of its own
        return Check("broker", Level.BAD, _("The broker cannot be reached: %(problem)s") % {"problem": problem})
    return Check("broker", Level.OK, _("The broker can be reached."))


def _processes(at: datetime) -> Check:
    seen = dict(Heartbeat.objects.values_list("name", "seen_at"))
    if jobs.at_work(at):
        seen["jobs"] = at
    silent = [name for name in ("worker", "beat", "jobs") if name not in seen or seen[name] < at - _SILENCE]
    if not silent:
        return Check("processes", Level.OK, _("Worker, beat and the worker of the jobs are at work."))
    text = _("Nothing happens by itself: no sign of %(names)s in the last three minutes.") % {
        "names": ", ".join(silent)
    }
    return Check("processes", Level.BAD, text)


def _jobs(at: datetime) -> Check:
    """Whether what people asked for gets its turn."""
    waiting = jobs.waiting().count()
    if jobs.waiting().filter(created_at__lt=at - _STUCK).exists():
        text = ngettext(
            "%(n)s job waits for its turn for too long.", "%(n)s jobs wait for their turn for too long.", waiting
        )
        return Check("jobs", Level.WARN, text % {"n": waiting})
    return Check("jobs", Level.OK, _("Jobs get their turn; %(n)s wait.") % {"n": waiting})


def _mail(at: datetime) -> Check:
    waiting = OutgoingMail.objects.filter(status=MailStatus.QUEUED).count()
    held = {
        "no_server": _("No mail server is set (EMAIL_URL): %(waiting)s mails wait."),
        "no_sender": _("The company has no sender's address: %(waiting)s mails wait."),
        "on_hold": _("All mail is on hold until an administrator releases it: %(waiting)s mails wait."),
    }
    if because := held_because():
        return Check("mail", Level.WARN, held[because] % {"waiting": waiting})
    if late := due(at - _LATE).count():
        text = ngettext(
            "%(late)s mail should have left half an hour ago.",
            "%(late)s mails should have left half an hour ago.",
            late,
        )
        return Check("mail", Level.WARN, text % {"late": late})
    return Check("mail", Level.OK, _("Mail leaves; %(waiting)s wait.") % {"waiting": waiting})


def _uncertain(at: datetime) -> Check:
    if count := unresolved().count():
        text = ngettext(
            "Nobody knows whether %(count)s mail arrived: ask, then confirm it or send it again.",
            "Nobody knows whether %(count)s mails arrived: ask, then confirm them or send them again.",
            count,
        )
        return Check("uncertain", Level.WARN, text % {"count": count})
    return Check("uncertain", Level.OK, _("No mail is uncertain."))


def _calendar(at: datetime) -> Check:
    on = today(at)
    known = set(CalendarYear.objects.filter(year__in=(on.year, on.year + 1)).values_list("year", flat=True))
    for year, warn_from, bad_from in (
        (on.year, date.min, date.min),
        (on.year + 1, date(on.year, 11, 1), date(on.year, 12, 15)),
    ):
        if year not in known and on >= warn_from:
            text = _("The official days of %(year)s are missing: paste the State Council's notice.") % {"year": year}
            return Check("calendar", Level.BAD if on >= bad_from else Level.WARN, text)
    return Check("calendar", Level.OK, _("The official days are known."))


def _company(at: datetime) -> Check:
    if not company().name:
        return Check("company", Level.WARN, _("The company has no name yet: no paper should leave the house."))
    return Check("company", Level.OK, company().name)


def _second_person(at: datetime) -> Check:
    if count := unconfirmed().count():
        text = ngettext(
            "%(count)s change is in force that nobody else has confirmed: look at it, then confirm or undo it.",
            "%(count)s changes are in force that nobody else has confirmed: look at them, then confirm or undo them.",
            count,
        )
        return Check("second_person", Level.WARN, text % {"count": count})
    return Check("second_person", Level.OK, _("Whatever takes a second person was confirmed by one."))


def _log(at: datetime) -> Check:
    """The log is sealed each minute; what waits longer is not protected by the chain yet."""
    waiting = unsealed_count()
    newest = LogHead.objects.filter(log=EVENTS).first()
    since = newest.sealed_at if newest else None
    if waiting and (since is None or since < at - _UNSEALED):
        text = ngettext(
            "%(count)s row of the logs is not sealed, and nothing was sealed for ten minutes.",
            "%(count)s rows of the logs are not sealed, and nothing was sealed for ten minutes.",
            waiting,
        )
        return Check("log", Level.WARN, text % {"count": waiting})
    text = _("The log is sealed up to number %(sequence)s; %(count)s rows wait for the next minute.")
    return Check("log", Level.OK, text % {"sequence": newest.sequence if newest else 0, "count": waiting})


def _papers(at: datetime) -> Check:
    if lacking := _lacking_glyphs():
        text = _("Papers cannot show these characters, run `make setup`: %(characters)s")
        return Check("papers", Level.BAD, text % {"characters": "".join(lacking)})
    if not subset_library_present():
        text = _("libharfbuzz-subset is missing: each paper takes many seconds. Install libharfbuzz-subset0.")
        return Check("papers", Level.WARN, text)
    return Check("papers", Level.OK, _("Fonts and font library are there."))


@cache
def _glyphs_complete() -> bool:
    return not missing_glyphs()


def _lacking_glyphs() -> list[str]:
    """Reading the fonts takes a while, and they do not change under a running process once they are complete."""
    if _glyphs_complete():
        return []
    _glyphs_complete.cache_clear()
    return missing_glyphs()


_CHECKS = (
    _migrations,
    _broker,
    _processes,
    _jobs,
    _mail,
    _uncertain,
    _calendar,
    _company,
    _second_person,
    _log,
    _papers,
)
