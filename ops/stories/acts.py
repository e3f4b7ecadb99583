"""One act of a story: who does what to which record, and when. Read from a line of JSON (docs/howto/story.md)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

#: A record's number, a name given by `as`, or column → value where it has neither.
RecordName: TypeAlias = str | Mapping[str, Any]

#: Every key an act may have.
KEYS = ("on", "at", "by", "page", "record", "do", "values", "part", "as", "seen", "expect", "note")
#: The hour of an act on a new day that names none.
MORNING = time(9)


class Mistake(Exception):
    """The act itself is wrong: it names what is not there. `field` is the key or the form's field it is about."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


@dataclass(frozen=True)
class Act:
    """One act, as far as it can be understood without the database."""

    do: str
    at: datetime
    by: str = ""
    page: str = ""
    record: RecordName | list[RecordName] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    #: The row inside the record that is meant, such as one of a customer's contacts.
    part: RecordName | None = None
    #: The name by which later acts know the record: the key `as`.
    name: str = ""
    #: The version the person had looked at; the newest one where it is not given.
    seen: int | None = None

    @property
    def on(self) -> date:
        return self.at.date()


def one_of(field: str, given: str, known: list[str], what: str) -> Mistake:
    """A name that is not among the known ones, said so that the right one is found."""
    there = ", ".join(known) if known else "none"
    return Mistake(field, f"There is no {what} {given!r}; there are: {there}.")


def loaded(line: str) -> Mapping[str, Any]:
    """The JSON object of a line. Raises `Mistake` for anything else."""
    try:
        found = json.loads(line)
    except json.JSONDecodeError as problem:
        raise Mistake("line", f"This line is not JSON: {problem.msg} at character {problem.pos + 1}.") from problem
    if not isinstance(found, dict):
        raise Mistake("line", "An act is a JSON object: {…}.")
    return found


def read(found: Mapping[str, Any], zone: ZoneInfo, before: Act | None) -> Act:
    """The act of a JSON object; day, hour and person stay those of the act before where they are not given.

    Raises `Mistake` for a key that means nothing, and for a value that cannot be read.
    """
    for key in found:
        if key not in KEYS:
            raise one_of(key, key, list(KEYS), "key")
    at = _moment(found, zone, before)
    return Act(
        do=_text(found, "do", "") or _lacks("do"),
        at=at,
        by=_text(found, "by", before.by if before else ""),
        page=_text(found, "page", ""),
        record=_record(found, "record"),
        values=_values(found),
        part=_one_record(found, "part"),
        name=_text(found, "as", ""),
        seen=_seen(found),
    )


def _lacks(key: str) -> str:
    raise Mistake(key, f"The act lacks {key!r}.")


def _text(found: Mapping[str, Any], key: str, usual: str) -> str:
    value = found.get(key, usual)
    if not isinstance(value, str):
        raise Mistake(key, f"{key!r} is a text, not {value!r}.")
    return value


def _values(found: Mapping[str, Any]) -> Mapping[str, Any]:
    values = found.get("values", {})
    if not isinstance(values, dict):
        raise Mistake("values", "'values' is an object: {field: value}.")
    return values


def _seen(found: Mapping[str, Any]) -> int | None:
    seen = found.get("seen")
    if seen is not None and (isinstance(seen, bool) or not isinstance(seen, int)):
        raise Mistake("seen", f"'seen' is the number of a version, not {seen!r}.")
    return seen


def _record(found: Mapping[str, Any], key: str) -> RecordName | list[RecordName] | None:
    value = found.get(key)
    if isinstance(value, list) and all(isinstance(each, (str, dict)) for each in value):
        return value
    return _one_record(found, key)


def _one_record(found: Mapping[str, Any], key: str) -> RecordName | None:
    value = found.get(key)
    if value is None or isinstance(value, (str, dict)):
        return value
    raise Mistake(key, f"{key!r} is a number of a record, a name given by 'as', or {{column: value}}, not {value!r}.")


def _moment(found: Mapping[str, Any], zone: ZoneInfo, before: Act | None) -> datetime:
    """When it is done, in the company's time zone. Time does not go back."""
    if "on" not in found and before is None:
        _lacks("on")
    on = before.on if "on" not in found and before else _day(_text(found, "on", ""))
    if "at" in found:
        hour = _hour(_text(found, "at", ""))
    else:
        hour = before.at.time() if before and before.on == on else MORNING
    at = datetime.combine(on, hour, zone)
    if before and at < before.at:
        raise Mistake(
            "on" if "on" in found else "at", f"The story stands at {before.at:%Y-%m-%d %H:%M}: time does not go back."
        )
    return at


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Mistake("on", f"{text!r} is not a day; write YYYY-MM-DD.") from problem


def _hour(text: str) -> time:
    try:
        hour = time.fromisoformat(text)
    except ValueError as problem:
        raise Mistake("at", f"{text!r} is not an hour; write HH:MM.") from problem
    if hour.tzinfo:
        raise Mistake("at", f"{text!r} has a time zone; hours are the company's.")
    return hour
