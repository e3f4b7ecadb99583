"""What of warranty takes longer than a second: a run of today by hand, what it would do, ledgers in and out."""

import tempfile
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from base.accounts.access import may
from base.accounts.models import User
from base.jobs import kinds
from base.jobs.keys import unpack_keys
from base.jobs.kinds import JobKind
from base.jobs.models import Job
from base.jobs.queries import hides_rows
from base.jobs.run import JobRun, Outcome
from base.lib.errors import Refused
from contracts.ledger.export import write_ledger
from contracts.models import Contract, Customer
from warranty import imports, rejected
from warranty.enums import ImportStatus
from warranty.forecast_export import file_name, write_forecast
from warranty.ledger.export import exported
from warranty.models import DailyRun, LedgerImport, PlannedAction
from warranty.planning.run import Result, run_day
from warranty.planning.writing import plan_contracts
from warranty.queries import due_rows, planned_of
from warranty.reading import read_import
from warranty.receivers import PLAN_CUSTOMER

_CHUNK = 200


def _run_today(run: JobRun) -> Outcome:
    """The whole day, or only the rows a person named. The run keeps its own lock; what was done stays done."""
    rows = run.parameters.get("rows")
    due = due_rows(run.on) if rows is None else PlannedAction.objects.filter(pk__in=rows)
    total = due.count()
    result = run_day(on=run.on, by=run.by, at=run.at, rows=rows, heard=lambda taken: _heard(run, taken, total))
    latest = DailyRun.objects.filter(by=run.by, started_at=run.at).first()
    return Outcome(told(result), url=reverse("runs:sheet", args=[latest.pk]) if latest else reverse("runs:list"))


def _preview_today(run: JobRun) -> Outcome:
    """The same, done and undone."""
    total = due_rows(run.on).count()
    result = run_day(on=run.on, by=run.by, at=run.at, dry_run=True, heard=lambda taken: _heard(run, taken, total))
    data = {"on": run.on.isoformat(), "actions": result.actions, "failures": result.failures}
    return Outcome(told(result), url=reverse("run_today"), data=data)


def _heard(run: JobRun, taken: int, total: int) -> None:
    # What a run does may make further rows due.
    run.step(taken, max(taken, total))


def told(result: Result) -> str:
    """How many things were done, and how many failed."""
    done = sum(counts["done"] for counts in result.actions.values())
    text = ngettext("%(n)s thing done.", "%(n)s things done.", done) % {"n": done}
    if result.failures:
        failed = len(result.failures)
        text += " " + ngettext("%(n)s failed.", "%(n)s failed.", failed) % {"n": failed}
    return text


def ledger_rows(by: User) -> QuerySet[Contract]:
    """The contracts whose ledger this person takes away."""
    return Contract.objects.visible_to(by)


def _write_ledger(run: JobRun) -> Outcome:
    assert run.by is not None
    contracts, keys = ledger_rows(run.by), []
    total = contracts.count()

    def heard(contract: Contract) -> None:
        keys.append(contract.pk)
        run.step(len(keys), total)

    target = tempfile.TemporaryFile()  # noqa: SIM115 (it is closed once it is stored)
    write_ledger(target, exported(contracts, heard))
    rows = ngettext("%(rows)s row.", "%(rows)s rows.", len(keys)) % {"rows": len(keys)}
    return Outcome(rows, file=target, file_name=ledger_name(run.on.isoformat()), keys=keys)


def ledger_name(day: str) -> str:
    """The name of the file."""
    return _("Contract ledger %(day)s.xlsx") % {"day": day}


def _keeps_back(job: Job, by: User) -> str:
    if hides_rows(ledger_rows(by), unpack_keys(bytes(job.keys))):
        return _("The file holds rows that you may no longer see. Ask for it again.")
    return ""


def _write_forecast(run: JobRun) -> Outcome:
    assert run.by is not None
    days = {name: date.fromisoformat(run.parameters[name]) for name in ("first", "last")}
    target, prices = tempfile.TemporaryFile(), may(run.by, "prices.view")  # noqa: SIM115 (it is closed once it is stored)
    count, keys = write_forecast(target, by=run.by, today=run.on, prices=prices, heard=run.step, **days)
    rows = ngettext("%(rows)s row.", "%(rows)s rows.", count) % {"rows": count}
    return Outcome(rows, file=target, file_name=file_name(**days), keys=keys, data={"prices": prices})


def _keeps_forecast(job: Job, by: User) -> str:
    if job.outcome["prices"] and not may(by, "prices.view"):
        return _("The file holds columns that you may no longer see. Ask for it again.")
    if hides_rows(Contract.objects.visible_to(by), unpack_keys(bytes(job.keys))):
        return _("The file holds rows that you may no longer see. Ask for it again.")
    return ""


def _plan_customer(run: JobRun) -> Outcome:
    """Chunk by chunk: planned once more, what was planned stays as it is."""
    customer = Customer.objects.get(pk=run.parameters["customer"])
    keys = list(planned_of(customer).values_list("pk", flat=True))
    for start in range(0, len(keys), _CHUNK):
        run.step(start, len(keys))
        plan_contracts(keys[start : start + _CHUNK], on=run.on)
    told = ngettext("%(rows)s row.", "%(rows)s rows.", len(keys)) % {"rows": len(keys)}
    return Outcome(told, url=reverse("customers:sheet", args=[customer.pk]))


def _read(run: JobRun) -> None:
    """Read an uploaded ledger, and work out what it would change."""
    item = LedgerImport.objects.get(pk=run.parameters["import"])
    if (item.status, item.revision) != (ImportStatus.UPLOADED, run.parameters["revision"]):
        raise Refused(_("It was changed meanwhile, and is read anew."))
    reading = read_import(item, run.step)
    if not reading["sheets"]:
        raise Refused(_("No sheet of this file looks like a ledger of contracts."))
    rows = ngettext("%(rows)s row.", "%(rows)s rows.", reading["rows"]) % {"rows": reading["rows"]}
    with transaction.atomic():
        imports.keep_reading(item=item, reading=reading)
        run.finish(Outcome(rows, url=reverse("imports:sheet", args=[item.pk])))


def _load(run: JobRun) -> None:
    """Load an import from where it is; each chunk is committed with its place, the last with the end of the job."""
    item = LedgerImport.objects.select_related("by").get(pk=run.parameters["import"])
    imports.load_import(
        item,
        at=run.at,
        heard=lambda row: run.step(row, item.total_rows),
        claimed=lambda: run.keep({}),
    )
    loaded = item.result["created"] + item.result["updated"]
    rows = ngettext("%(rows)s row.", "%(rows)s rows.", loaded) % {"rows": loaded}
    with transaction.atomic():
        imports.finish_import(item)
        run.finish(Outcome(rows, url=reverse("imports:sheet", args=[item.pk])))


def _write_rejected(run: JobRun) -> Outcome:
    item = LedgerImport.objects.get(pk=run.parameters["import"])
    target = tempfile.TemporaryFile()  # noqa: SIM115 (it is closed once it is stored)
    count = rejected.write(item, target)
    rows = ngettext("%(rows)s row.", "%(rows)s rows.", count) % {"rows": count}
    return Outcome(rows, file=target, file_name=rejected.file_name(item))


def _hides_import(job: Job, by: User) -> str:
    if imports.visible_to(by).filter(pk=job.parameters["import"]).exists():
        return ""
    return _("The file holds rows that you may no longer see. Ask for it again.")


RUN_TODAY = JobKind("run_today", gettext_lazy("Daily run"), "runs.start", _run_today, repeatable=True)
PREVIEW_TODAY = JobKind(
    "preview_today", gettext_lazy("Dry run of today"), "runs.start", _preview_today, repeatable=True
)
WRITE_LEDGER = JobKind(
    "write_ledger",
    gettext_lazy("Contract ledger"),
    "contracts.export",
    _write_ledger,
    repeatable=True,
    refuses=_keeps_back,
)

WRITE_FORECAST = JobKind(
    "write_forecast",
    gettext_lazy("Forecast"),
    "forecast.view",
    _write_forecast,
    repeatable=True,
    refuses=_keeps_forecast,
)
PLAN = JobKind(
    PLAN_CUSTOMER, gettext_lazy("Plan of a customer's contracts"), "customers.edit", _plan_customer, repeatable=True
)
READ_LEDGER = JobKind(
    imports.READ,
    gettext_lazy("Reading a ledger"),
    "ledger.import",
    _read,
    repeatable=True,
    gave_up=imports.give_up_import,
)
LOAD_LEDGER = JobKind(
    imports.LOAD,
    gettext_lazy("Ledger import"),
    "ledger.import",
    _load,
    repeatable=True,
    gave_up=imports.give_up_import,
)

WRITE_REJECTED = JobKind(
    "write_rejected",
    gettext_lazy("Rejected rows of a ledger"),
    "imports.view",
    _write_rejected,
    repeatable=True,
    refuses=_hides_import,
)


def register() -> None:
    """Make them known."""
    kinds.register(
        RUN_TODAY, PREVIEW_TODAY, WRITE_LEDGER, WRITE_FORECAST, PLAN, READ_LEDGER, LOAD_LEDGER, WRITE_REJECTED
    )
