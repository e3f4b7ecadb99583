"""What of the installation takes longer than a second: a calendar that moves much of the plan, and what is kept about a person.

Each is one transaction with all that it changes.
"""

import io
import json
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from base.accounts.models import User
from base.audit.erasure import erase_person, export_person
from base.audit.personal import ERASED_NAME, Person
from base.company import operations
from base.company.operations import CalendarChange
from base.jobs import kinds
from base.jobs.kinds import JobKind
from base.jobs.models import Job
from base.jobs.operations import ask_job
from base.jobs.run import JobRun, Outcome
from base.lib.worktime import DayKind
from base.ui.look import Look
from console.moved import moved_line
from contracts.models import Customer
from warranty.enums import ActionState
from warranty.models import PlannedAction

#: Planned rows that are moved while the person waits: well under two seconds.
AT_ONCE = 1000
#: Of what moved, so much is told line by line.
_TOLD = 100
Change = Mapping[str, Any]


def moves_much(look: Look) -> bool:
    """Whether another calendar has more planned rows to look at than a person should wait for."""
    rows = PlannedAction.objects.filter(state=ActionState.PLANNED, due_on__gte=look.today)
    return rows[: AT_ONCE + 1].count() > AT_ONCE


def ask_change(what: str, values: Change, look: Look) -> Job:
    """Have one of the calendar's operations carried out by a job; its values are JSON."""
    subject = {
        "day": lambda: str(values["on"]),
        "hours": lambda: _("working hours"),
        "year": lambda: str(values["year"]),
        "company": lambda: _("company"),
    }[what]()
    return ask_job(
        kind=CHANGE_CALENDAR.name,
        subject=subject,
        parameters={"what": what, "values": dict(values)},
        by=look.user,
        at=look.now,
    )


def _set_day(values: Change, **who: Any) -> CalendarChange:
    kind: DayKind | None = values["kind"]
    return operations.set_company_day(on=date.fromisoformat(values["on"]), kind=kind, name=values["name"], **who)


def _set_hours(values: Change, **who: Any) -> CalendarChange:
    windows = [(day, time.fromisoformat(first), time.fromisoformat(last)) for day, first, last in values["windows"]]
    return operations.set_windows(windows=windows, **who)


def _bring_in(values: Change, **who: Any) -> CalendarChange:
    return operations.import_year(year=values["year"], text=values["text"], source=values["source"], **who)


def _edit_company(values: Change, **who: Any) -> CalendarChange:
    return operations.edit_company(values=values, **who)


_CHANGES: Mapping[str, Callable[..., CalendarChange]] = {
    "day": _set_day,
    "hours": _set_hours,
    "year": _bring_in,
    "company": _edit_company,
}


def _carry_out(run: JobRun) -> None:
    """The calendar, everything that moves because of it, and the end of the job: all of it, or nothing."""
    change = _CHANGES[run.parameters["what"]]
    with transaction.atomic():
        made = change(run.parameters["values"], by=run.by, at=run.at)
        run.step()
        moved = len(made.moved)
        told = ngettext("%(n)s planned thing moved.", "%(n)s planned things moved.", moved) % {"n": moved}
        lines = [str(moved_line(each)) for each in made.moved[:_TOLD]]
        run.finish(Outcome(told, url=reverse("calendar"), data={"reasons": lines}))


def _action(parameters: Mapping[str, Any]) -> str:
    return "company.edit" if parameters["what"] == "company" else "calendar.edit"


CHANGE_CALENDAR = JobKind("change_calendar", gettext_lazy("Working calendar"), _action, _carry_out, repeatable=True)


def written(told: Mapping[str, Any]) -> bytes:
    """What is kept about a person, as the file that is taken away."""
    return json.dumps(told, ensure_ascii=False, indent=1, default=str).encode()


def _person(run: JobRun) -> tuple[Person, Customer]:
    customer = Customer.objects.get(pk=run.parameters["customer"])
    return Person(customer.pk, run.parameters["name"]), customer


def _export_person(run: JobRun) -> None:
    assert run.by is not None
    person, customer = _person(run)
    with transaction.atomic():
        told = export_person(person=person, customer=customer, by=run.by, at=run.at)
        rows = len(told["rows"]) + len(told["events"])
        sentence = ngettext("%(rows)s row.", "%(rows)s rows.", rows) % {"rows": rows}
        name = f"{_('Personal data')} {run.on.isoformat()}.json"
        run.finish(Outcome(sentence, file=io.BytesIO(written(told)), file_name=name))


def _erase_person(run: JobRun) -> None:
    """What was taken away about the person before goes with the rest (`base/audit/erasure.py`)."""
    person, customer = _person(run)
    with transaction.atomic():
        erasure = erase_person(person=person, target=customer, by=run.by, at=run.at)
        count = sum(erasure.removed.values())
        sentence = _("Erased in %(count)s places. The log says who did it.") % {"count": count}
        run.finish(Outcome(sentence, url=reverse("personal_data")))


def _is_erased(job: Job, by: User) -> str:
    return _("This person is erased already.") if job.parameters["name"] == ERASED_NAME else ""


EXPORT_PERSON = JobKind(
    "export_person",
    gettext_lazy("Personal data"),
    "personal.erase",
    _export_person,
    repeatable=True,
    refuses=_is_erased,
)
ERASE_PERSON = JobKind(
    "erase_person", gettext_lazy("Erasing a person"), "personal.erase", _erase_person, repeatable=True
)


def register() -> None:
    """Make them known."""
    kinds.register(CHANGE_CALENDAR, EXPORT_PERSON, ERASE_PERSON)
