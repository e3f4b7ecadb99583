"""A ledger on its way in: uploaded, its columns and doubts settled by a person, then loaded chunk by chunk.

Reading it and loading it are jobs (docs/rules.md 7.7). Each chunk is committed together with the step of `next_row`, so
that an import that is killed anywhere goes on where it was.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from base.accounts.access import may, require
from base.accounts.models import Role, User
from base.chatter.files import clean_name
from base.chatter.operations import move_rows, record
from base.jobs.models import Job
from base.jobs.operations import ask_job, stop_job
from base.lib.errors import Refused
from base.lib.text import number_key
from contracts.enums import ContractStatus
from contracts.ledger import FIELDS, Finding, Ledger, Problem, Rejection, read_ledger
from contracts.ledger.cells import Cell, read_name
from contracts.ledger.check import RENAMED, SAME_CUSTOMER
from contracts.models import Contract
from warranty.enums import ImportStatus
from warranty.ledger.compare import Comparison, Loadable, loadable
from warranty.ledger.load import load_chunk
from warranty.models import LedgerImport
from warranty.states import IMPORT

CHUNK: Final = 200
#: The kinds of job that read it, and that load it (`warranty/jobs.py`).
READ, LOAD = "read_ledger", "load_ledger"
#: Earlier imports that are asked how a column was mapped.
_REMEMBERED: Final = 50
_AT_ONCE: Final = 1000


def visible_to(user: User) -> QuerySet[LedgerImport]:
    """A ledger is full of prices: who may not see all of them sees the files they brought themselves."""
    own = user.role == Role.MANAGER or not may(user, "prices.view")
    return LedgerImport.objects.filter(by=user) if own else LedgerImport.objects.all()


def remembered(by: User | None) -> dict[str, str]:
    """Header → field as chosen before, by colleagues and then by this person, if any; the latest choice wins."""
    earlier = LedgerImport.objects.exclude(mapping={}).order_by("-at").values_list("by", "at", "mapping")[:_REMEMBERED]
    found: dict[str, str] = {}
    for _owner, _at, mapping in sorted(earlier, key=lambda row: (by is not None and row[0] == by.pk, row[1])):
        found |= mapping
    return found


def remembered_people(by: User | None) -> dict[str, int]:
    """Name of an account manager → the person meant, as this person (or anybody) chose before; the latest choice wins."""
    earlier = LedgerImport.objects.exclude(people={})
    earlier = earlier.filter(by=by) if by else earlier
    found: dict[str, int] = {}
    for people in reversed(earlier.order_by("-at").values_list("people", flat=True)[:_REMEMBERED]):
        found |= people
    return found


@transaction.atomic
def upload_ledger(*, file: "File[bytes]", on: date, by: User, at: datetime) -> LedgerImport:
    """Keep a ledger file, and have it read; nothing is loaded yet. Raises `Refused` for one that is too large or empty."""
    require(by, "ledger.import")
    if (file.size or 0) > settings.ATTACHMENT_MAX_BYTES:
        text = _("The file is larger than %(limit)s MB.") % {"limit": settings.ATTACHMENT_MAX_BYTES // 2**20}
        raise Refused(text, field="file", code="size")
    if not file.size:
        raise Refused(_("The file is empty."), field="file", code="empty")
    content, name = file.read(), clean_name(file.name or "")
    item = LedgerImport(name=name, on=on, by=by, at=at, mapping=remembered(by), people=remembered_people(by))
    item.file.save(name, ContentFile(content), save=False)
    item.save()
    record(item, "ledger_uploaded", by=by, at=at, note=name)
    have_read(item=item, by=by, at=at)
    return item


@transaction.atomic
def have_read(*, item: LedgerImport, by: User, at: datetime) -> None:
    """Have the file read as it is mapped and answered now; what an earlier reading found no longer counts."""
    require(by, "ledger.import")
    rows = LedgerImport.objects.filter(pk=item.pk, status=ImportStatus.UPLOADED)
    if not rows.update(revision=F("revision") + 1, reading={}, problem=""):
        raise Refused(_("This import was started already."), code="wrong_state")
    item.refresh_from_db(fields=["revision", "reading", "problem", "job"])
    if item.job is not None and item.job.is_open and item.job.by_id == by.pk:
        stop_job(job=item.job, by=by, at=at)
    parameters = {"import": item.pk, "revision": item.revision}
    _give(item, ask_job(kind=READ, subject=item.name, parameters=parameters, by=by, at=at))


def _give(item: LedgerImport, job: Job) -> None:
    """The job its page shows."""
    item.job = job
    LedgerImport.objects.filter(pk=item.pk).update(job=job)


def keep_reading(*, item: LedgerImport, reading: Mapping[str, Any]) -> bool:
    """Keep what was found, unless the person has changed the mapping or an answer meanwhile."""
    rows = LedgerImport.objects.filter(pk=item.pk, status=ImportStatus.UPLOADED, revision=item.revision)
    return bool(rows.update(reading=dict(reading), total_rows=reading["rows"], problem=""))


def ledger_of(item: LedgerImport) -> Ledger:
    """The file, read with the mapping and the choice of sheets as they are now. Raises `Refused` in the reader's words."""
    try:
        with item.file.open("rb") as stored:
            return read_ledger(stored.file, on=item.on, mapping=item.mapping, name=item.name, chosen=item.sheets)
    except Refused as refusal:
        raise Refused(_(str(refusal.message)), field="file", code=refusal.code) from refusal


def answers_of(item: LedgerImport) -> dict[tuple[str, int, str], Cell]:
    """What the person meant, by sheet, row and field; rows that are to stay out have no answer."""
    found: dict[tuple[str, int, str], Cell] = {}
    for key, value in item.answers.items():
        sheet, row, name = key.rsplit("/", 2)
        if value != "":
            found[sheet, int(row), name] = value
    return found


def key_of(finding: Finding) -> str:
    """Under which key the answer about a cell is kept."""
    asked = _AS_A_WHOLE.get(finding.proposal, finding.field) if isinstance(finding, Rejection) else finding.field
    return f"{finding.sheet}/{finding.row}/{asked}"


#: Proposal → under which name the answer is kept, of questions that are not about the words in one cell.
_AS_A_WHOLE: Final = {"same_day": "same_day", RENAMED: SAME_CUSTOMER}


@transaction.atomic
def set_mapping(
    *,
    item: LedgerImport,
    mapping: Mapping[str, str],
    sheets: Mapping[str, bool] | None = None,
    by: User,
    at: datetime,
) -> None:
    """Say which column holds what: header → field, empty for "none of ours"; remembered for the next file.

    `sheets` says which sheets are read, and which are left out on purpose.
    """
    require(by, "ledger.import")
    if unknown := set(mapping.values()) - {*FIELDS, ""}:
        raise Refused(_("There is no field %(name)s.") % {"name": ", ".join(sorted(unknown))})
    item.mapping = {**item.mapping, **mapping}
    item.sheets = item.sheets if sheets is None else dict(sheets)
    _change(item, "mapping", "sheets")
    have_read(item=item, by=by, at=at)


@transaction.atomic
def answer_questions(
    *,
    item: LedgerImport,
    answers: Mapping[str, str],
    people: Mapping[str, int] | None = None,
    by: User,
    at: datetime,
) -> None:
    """Say what ambiguous cells mean; an empty answer leaves the row out. `people` says whom names mean, 0 for nobody."""
    require(by, "ledger.import")
    item.answers = {**item.answers, **answers}
    item.people = {**item.people, **(people or {})}
    _change(item, "answers", "people")
    have_read(item=item, by=by, at=at)


def _change(item: LedgerImport, *names: str) -> None:
    """Only while nothing was started."""
    values = {name: getattr(item, name) for name in names}
    if not LedgerImport.objects.filter(pk=item.pk, status=ImportStatus.UPLOADED).update(**values):
        raise Refused(_("This import was started already."), code="wrong_state")


@transaction.atomic
def start_import(*, item: LedgerImport, by: User, at: datetime) -> None:
    """Have the import loaded; one that failed or was stopped goes on where it was."""
    require(by, "ledger.import")
    rows = LedgerImport.objects.filter(pk=item.pk)
    if rows.filter(status=ImportStatus.UPLOADED, reading={}).exists():
        raise Refused(_("The ledger is being read. Wait until that is done."), code="wrong_state")
    if not move_rows(rows, IMPORT, "started", problem=""):
        raise Refused(_("This import was started already."), code="wrong_state")
    record(item, "ledger_started", by=by, at=at)
    _give(item, ask_job(kind=LOAD, subject=item.name, parameters={"import": item.pk}, by=by, at=at))


def load_import(item: LedgerImport, *, at: datetime, heard: Callable[[int], None], claimed: Callable[[], None]) -> None:
    """Load it chunk by chunk from where it is. `heard` is told the next row before each chunk, and may end it.

    `claimed` is called inside the transaction of each chunk, and raises where somebody else has the import by now.
    """
    move_rows(LedgerImport.objects.filter(pk=item.pk), IMPORT, "taken")
    ledger = ledger_of(item)
    heard(item.next_row)
    rows, rejected, warnings = loadable(ledger, answers_of(item), item.people)
    waiting = _by_place(ledger, rows)
    while item.next_row < item.total_rows:
        heard(item.next_row)
        _load_next(item, waiting, at, claimed)
    item.result = {
        "created": 0, "updated": 0, "unchanged": 0, "conflicts": [], **item.result,
        "rejected": [kept(each) for each in rejected], "warnings": [kept(each) for each in warnings],
        "gone": gone(item, ledger),
    }  # fmt: skip


def gone(item: LedgerImport, ledger: Ledger) -> list[str]:
    """The numbers of the contracts of this person's last ledger that this one does not name; nothing is done about them."""
    return missing_since(last_of(item.by, before=item.at), ledger)


def last_of(by: User | None, *, before: datetime) -> LedgerImport | None:
    """The ledger this person, or somebody at the command line, loaded last."""
    return LedgerImport.objects.filter(by=by, status=ImportStatus.DONE, at__lt=before).order_by("-at").first()


def missing_since(earlier: LedgerImport | None, ledger: Ledger) -> list[str]:
    """The numbers of the active contracts of an earlier ledger that this one does not name."""
    if earlier is None:
        return []
    here = set()
    for table in ledger.tables:
        column = next((index for index, name in table.mapping.items() if name == "number"), None)
        here |= {number_key(read_name(row.cells[column])) for row in table.rows} if column is not None else set()
    active = earlier.contracts.filter(status=ContractStatus.ACTIVE).order_by("number")
    return [number for number, key in active.values_list("number", "number_key") if key.partition(" ")[0] not in here]


@transaction.atomic
def keep_loaded(
    *,
    file: Path,
    ledger: Ledger,
    result: Comparison,
    mapping: Mapping[str, str],
    sheets: Mapping[str, bool],
    people: Mapping[str, int],
    at: datetime,
) -> None:
    """Keep what was loaded at the command line, to hold the next against. The same file again is kept once."""
    earlier = last_of(None, before=at)
    rows = [*result.new, *result.unchanged, *(each for each, _differs in (*result.changed, *result.conflicts))]
    if earlier and earlier.total_rows == ledger.row_count and len(rows) == len(result.unchanged):
        with earlier.file.open("rb") as before:
            if before.read() == file.read_bytes():
                return
    known = {
        "rejected": [kept(each) for each in result.rejected],
        "warnings": [kept(each) for each in result.warnings],
        "gone": missing_since(earlier, ledger),
    }
    item = LedgerImport(
        name=clean_name(file.name),
        on=ledger.on,
        at=at,
        status=ImportStatus.DONE,
        mapping=mapping,
        sheets=sheets,
        people=people,
        total_rows=ledger.row_count,
        next_row=ledger.row_count,
        result=_added(known, result),
    )
    with file.open("rb") as content:
        item.file.save(item.name, File(content), save=False)
    item.save()
    keys = [each.row.number_key for each in rows]
    for start in range(0, len(keys), _AT_ONCE):
        item.contracts.add(*Contract.objects.filter(number_key__in=keys[start : start + _AT_ONCE]))


def finish_import(item: LedgerImport) -> None:
    """Write down that it is loaded, and what it did."""
    move_rows(LedgerImport.objects.filter(pk=item.pk), IMPORT, "finished", result=item.result)


def give_up_import(job: Job) -> None:
    """Its reading or loading failed or was stopped: the page says why, and one may go on."""
    rows = LedgerImport.objects.filter(pk=job.parameters["import"])
    problem = job.error or _("It was stopped.")
    if job.kind == LOAD:
        move_rows(rows, IMPORT, "failed", problem=problem)
    else:
        rows.filter(revision=job.parameters["revision"]).update(problem=problem)


def _by_place(ledger: Ledger, rows: list[Loadable]) -> dict[int, Loadable]:
    """The good rows by their place in the file, which stays whatever else changes meanwhile."""
    places = dict(
        zip(((raw.sheet, raw.number) for table in ledger.tables for raw in table.rows), count(), strict=False)
    )
    return {places[each.row.sheet, each.row.row]: each for each in rows}


@transaction.atomic
def _load_next(item: LedgerImport, waiting: Mapping[int, Loadable], at: datetime, claimed: Callable[[], None]) -> None:
    """Load one chunk and step on, in one transaction."""
    claimed()
    first, stop = item.next_row, min(item.next_row + CHUNK, item.total_rows)
    step = Comparison()
    loaded = [waiting[place] for place in range(first, stop) if place in waiting]
    item.contracts.add(*load_chunk(loaded, step, people=item.people, by=item.by, at=at, on=item.on))
    result = _added(item.result, step)
    LedgerImport.objects.filter(pk=item.pk).update(result=result, next_row=stop)
    item.result, item.next_row = result, stop


def _added(result: Mapping[str, Any], step: Comparison) -> dict[str, Any]:
    counts = {"created": len(step.new), "updated": len(step.changed), "unchanged": len(step.unchanged)}
    added = {name: result.get(name, 0) + rows for name, rows in counts.items()}
    conflicts = [
        {"sheet": each.row.sheet, "row": each.row.row, "contract": each.row.number, "fields": differs}
        for each, differs in step.conflicts
    ]
    return {**result, **added, "conflicts": [*result.get("conflicts", []), *conflicts]}


def kept(finding: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {
        "sheet": finding.sheet, "row": finding.row, "field": finding.field, "value": finding.value,
        "problem": finding.problem.value, "cap": finding.cap,
        "more": finding.more,
    }  # fmt: skip


def rejections_of(item: LedgerImport) -> Iterator[Rejection]:
    """The rejected rows of a finished import."""
    for each in item.result.get("rejected", []):
        yield Rejection(**{**each, "problem": Problem(each["problem"])})
