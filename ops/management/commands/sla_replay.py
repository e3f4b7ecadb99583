"""`manage.py sla_replay FILE [--policy NAME] [--format json]`: tries histories against a policy.

See docs/rules.md 4, docs/commands.md 8.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser

from base.company.queries import calendar
from base.lib.worktime import WorkCalendar
from ops.management.commands._json import show
from service.enums import Happening, Phase, RequestClass
from service.models import SlaPolicy
from service.queries import table_of
from service.rules import Event, NoReport, Table, evaluate_clock, history_of

Word = TypeVar("Word", bound=StrEnum)


class Wrong(ValueError):
    """What of a history cannot be read."""


class Command(BaseCommand):
    help = "Tell the deadlines of histories under a policy, without storing anything."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="JSON: a list of {id, phase, class, now, events, covered}")
        parser.add_argument("--policy", metavar="NAME", help="the default one, if not said")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, **options: Any) -> None:
        histories = _read(options["file"])
        tables, days = _versions(options["policy"]), calendar()
        answers = []
        for place, history in enumerate(histories, 1):
            try:
                answers.append(answer(history, tables, days))
            except Wrong as problem:
                name = history.get("id", place) if isinstance(history, dict) else place
                raise CommandError(f"history {name}: {problem}") from problem
        if options["format"] == "json":
            show(self, answers)
            return
        for each in answers:
            self.stdout.write(
                "{id}: answer {respond_by} {response}, arrival {arrive_by} {arrival}, "
                "solution {resolve_by} {resolution}".format(**each)
            )


def _read(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise CommandError(f"{path} cannot be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise CommandError(f"{path} is no JSON: {problem}") from problem
    if not isinstance(found, list):
        raise CommandError(f"{path} must hold a list of histories")
    return found


def _versions(name: str | None) -> list[tuple[date, Table]]:
    """The wordings of the policy with the day each is in force from, the newest first."""
    chosen = {"name": name} if name else {"is_default": True}
    policy = SlaPolicy.objects.filter(**chosen).first()
    versions = list(policy.versions.prefetch_related("targets")) if policy else []
    if not versions:
        raise CommandError(f"there is no policy {name!r}" if name else "there is no default policy")
    return [(version.valid_from, table_of(version)) for version in versions]


def in_force(tables: Sequence[tuple[date, Table]], on: date) -> Table:
    """The wording a request of that day was taken under; before the first one, the first."""
    return next((table for valid_from, table in tables if valid_from <= on), tables[-1][1])


def answer(history: object, tables: Sequence[tuple[date, Table]], days: WorkCalendar) -> dict[str, Any]:
    """The three legs at the history's `now`, by the wording that was in force on the day of the report. Times without a zone are the company's, and come back without one."""
    if not isinstance(history, dict):
        raise Wrong("it is no object")
    zone = ZoneInfo(days.tz)
    phase = _word(Phase, history.get("phase"), "phase")
    opened_as = _word(RequestClass, history.get("class"), "class")
    now = _moment(history.get("now"), "now")
    covered = history.get("covered", True)
    if not isinstance(covered, bool):
        raise Wrong(f"covered {covered!r} is neither true nor false")
    listed = history.get("events")
    if not isinstance(listed, list):
        raise Wrong("events must be a list")
    events = [_event(each, opened_as, zone) for each in listed]
    try:
        told_of = history_of(events, _aware(now, zone), covered=covered)
    except NoReport as problem:
        raise Wrong("no report before its “now”") from problem
    promise = in_force(tables, told_of.reported.astimezone(zone).date()).get((phase, told_of.request_class))
    if promise is None:
        raise Wrong(f"nothing is promised for {told_of.request_class.value!r} in phase {phase.value!r}")
    try:
        told = evaluate_clock(told_of, promise, days)
    except OverflowError as problem:
        raise Wrong("its days lie outside of any calendar") from problem

    def shown(moment: datetime | None) -> str | None:
        if moment is None:
            return None
        local = moment.astimezone(zone)
        return (local.replace(tzinfo=None) if now.tzinfo is None else local).isoformat()

    return {
        "id": history.get("id"),
        "respond_by": shown(told.response.by),
        "arrive_by": shown(told.arrival.by),
        "resolve_by": shown(told.resolution.by),
        "response": told.response.state.value,
        "arrival": told.arrival.state.value,
        "resolution": told.resolution.state.value,
        "provisional": any(leg.provisional for leg in told),
    }


def _event(event: object, opened_as: RequestClass, zone: ZoneInfo) -> Event:
    if not isinstance(event, dict):
        raise Wrong("an event is no object")
    kind = _word(Happening, event.get("kind"), "kind")
    named = event.get("class")
    found = _word(RequestClass, named, "class") if named is not None else None
    if kind == Happening.REPORTED:
        found = found or opened_as
    if kind == Happening.RECLASSIFIED and found is None:
        raise Wrong("a change of class names no class")
    return Event(_aware(_moment(event.get("at"), "at"), zone), kind, found)


def _word(words: type[Word], text: object, name: str) -> Word:
    try:
        return words(str(text))
    except ValueError as problem:
        raise Wrong(f"{name} {text!r} is none of {', '.join(word.value for word in words)}") from problem


def _moment(text: object, name: str) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except (TypeError, ValueError) as problem:
        raise Wrong(f"{name} {text!r} is no moment; write YYYY-MM-DDTHH:MM") from problem


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
