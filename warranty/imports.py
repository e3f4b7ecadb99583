"""A ledger on its way in: uploaded, its columns and doubts settled by a person, then loaded chunk by chunk.

The row is the queue (docs/rules.md 7.3): each chunk is committed together with the step of `next_row`, so that an
import that is killed anywhere goes on where it was, and two workers never load the same chunk.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.files import clean_name
from base.chatter.operations import move_rows, record
from base.jobs.wake import wake
from base.lib.errors import Refused
from contracts.ledger import FIELDS, Finding, Ledger, Problem, Rejection, read_ledger
from contracts.ledger.cells import Cell
from warranty.enums import ImportStatus
from warranty.ledger.compare import Comparison, Loadable, loadable
from warranty.ledger.load import load_chunk
from warranty.models import LedgerImport
from warranty.states import IMPORT

log = structlog.get_logger(__name__)

CHUNK: Final = 200
#: How long a silent worker keeps an import to itself.
LEASE: Final = timedelta(seconds=60)
#: Earlier imports that are asked how a column was mapped.
_REMEMBERED: Final = 50


def remembered(by: User | None) -> dict[str, str]:
    """Header → field as chosen before, by colleagues and then by this person, if any; the latest choice wins."""
    earlier = LedgerImport.objects.exclude(mapping={}).order_by("-at").values_list("by", "at", "mapping")[:_REMEMBERED]
    found: dict[str, str] = {}
    for _owner, _at, mapping in sorted(earlier, key=lambda row: (by is not None and row[0] == by.pk, row[1])):
        found |= mapping
    return found


@transaction.atomic
def upload_ledger(*, file: "File[bytes]", on: date, by: User, at: datetime) -> LedgerImport:
    """Keep a ledger file to be looked at; nothing is loaded yet.

    Raises `Refused` for a file that is no workbook, is locked, too large, or holds nothing.
    """
    require(by, "ledger.import")
    if (file.size or 0) > settings.ATTACHMENT_MAX_BYTES:
        text = _("The file is larger than %(limit)s MB.") % {"limit": settings.ATTACHMENT_MAX_BYTES // 2**20}
        raise Refused(text, field="file", code="size")
    content, name, mapping = file.read(), clean_name(file.name or ""), remembered(by)
    ledger = _opened(content, on=on, mapping=mapping, name=name)
    if not ledger.row_count and not any(ledger.skipped.values()):
        raise Refused(_("No sheet of this file looks like a ledger of contracts."), field="file", code="empty")
    item = LedgerImport(name=name, on=on, by=by, at=at, mapping=mapping, total_rows=ledger.row_count)
    item.file.save(name, ContentFile(content), save=False)
    item.save()
    record(item, "ledger_uploaded", by=by, at=at, note=name)
    return item


def _opened(content: bytes, *, on: date, mapping: Mapping[str, str], name: str) -> Ledger:
    try:
        return read_ledger(content, on=on, mapping=mapping, name=name)
    except Refused as refusal:
        raise Refused(_(str(refusal.message)), field="file", code=refusal.code) from refusal


def ledger_of(item: LedgerImport) -> Ledger:
    """The file, read with the mapping as it is now."""
    with item.file.open("rb") as stored:
        return _opened(stored.read(), on=item.on, mapping=item.mapping, name=item.name)


def answers_of(item: LedgerImport) -> dict[tuple[str, int, str], Cell]:
    """What the person meant, by sheet, row and field."""
    found: dict[tuple[str, int, str], Cell] = {}
    for key, value in item.answers.items():
        sheet, row, name = key.rsplit("/", 2)
        found[sheet, int(row), name] = value
    return found


def key_of(finding: Finding) -> str:
    """Under which key the answer about a cell is kept."""
    asked = "same_day" if isinstance(finding, Rejection) and finding.proposal == "same_day" else finding.field
    return f"{finding.sheet}/{finding.row}/{asked}"


@transaction.atomic
def set_mapping(*, item: LedgerImport, mapping: Mapping[str, str], by: User, at: datetime) -> None:
    """Say which column holds what: header → field, empty for "none of ours". Remembered for the next file."""
    require(by, "ledger.import")
    if unknown := set(mapping.values()) - {*FIELDS, ""}:
        raise Refused(_("There is no field %(name)s.") % {"name": ", ".join(sorted(unknown))})
    item.mapping = {**item.mapping, **mapping}
    item.total_rows = ledger_of(item).row_count
    _change(item, "mapping", "total_rows")


@transaction.atomic
def answer_questions(*, item: LedgerImport, answers: Mapping[str, str], by: User, at: datetime) -> None:
    """Say what ambiguous cells mean; an empty answer leaves the row out."""
    require(by, "ledger.import")
    merged = {**item.answers, **answers}
    item.answers = {key: value for key, value in merged.items() if value != ""}
    _change(item, "answers")


def _change(item: LedgerImport, *names: str) -> None:
    """Only while nothing was started."""
    values = {name: getattr(item, name) for name in names}
    if not LedgerImport.objects.filter(pk=item.pk, status=ImportStatus.UPLOADED).update(**values):
        raise Refused(_("This import was started already."), code="wrong_state")


@transaction.atomic
def start_import(*, item: LedgerImport, by: User, at: datetime) -> None:
    """Put the import into the queue, and wake a worker; one that failed goes on where it stopped."""
    require(by, "ledger.import")
    rows = LedgerImport.objects.filter(pk=item.pk)
    if not move_rows(rows, IMPORT, "started", next_attempt_at=at, problem=""):
        raise Refused(_("This import was started already."), code="wrong_state")
    record(item, "ledger_started", by=by, at=at)
    wake("warranty.tasks.continue_imports")


def work_off_import(now: Callable[[], datetime], *, limit: int | None = None) -> int:
    """Load what is queued, at most `limit` chunks. Returns how many were loaded."""
    chunks = 0
    due = LedgerImport.objects.filter(
        status__in=[ImportStatus.QUEUED, ImportStatus.RUNNING], next_attempt_at__lte=now()
    )
    for item in due.order_by("next_attempt_at", "pk"):
        left = None if limit is None else limit - chunks
        if left is None or left > 0:
            chunks += _work(item, now, left)
    return chunks


def _work(item: LedgerImport, now: Callable[[], datetime], limit: int | None) -> int:
    """Load one import as far as `limit` goes."""
    mine = LedgerImport.objects.filter(pk=item.pk, status__in=[ImportStatus.QUEUED, ImportStatus.RUNNING])
    unclaimed = mine.filter(next_attempt_at=item.next_attempt_at)
    if not move_rows(unclaimed, IMPORT, "taken", next_attempt_at=now() + LEASE):
        return 0
    done = 0
    try:
        item.refresh_from_db()
        ledger = ledger_of(item)
        rows, rejected, warnings = loadable(ledger, answers_of(item))
        waiting = _by_place(ledger, rows)
        while item.next_row < item.total_rows and (limit is None or done < limit):
            if not _load_next(item, waiting, now()):
                return done
            done += 1
        if item.next_row >= item.total_rows:
            _finish(item, rejected, warnings)
        else:
            mine.update(next_attempt_at=now())
    except (OperationalError, InterfaceError):
        # The database is busy or away: the lease runs out, and the next sweep goes on.
        raise
    except Exception as problem:
        log.exception("ledger import failed", ledger=item.pk, row=item.next_row)
        move_rows(mine, IMPORT, "failed", problem=str(problem)[:500] or type(problem).__name__)
    return done


def _by_place(ledger: Ledger, rows: list[Loadable]) -> dict[int, Loadable]:
    """The good rows by their place in the file, which stays whatever else changes meanwhile."""
    places = dict(
        zip(((raw.sheet, raw.number) for table in ledger.tables for raw in table.rows), count(), strict=False)
    )
    return {places[each.row.sheet, each.row.row]: each for each in rows}


@transaction.atomic
def _load_next(item: LedgerImport, waiting: Mapping[int, Loadable], at: datetime) -> bool:
    """Load one chunk and step on, in one transaction. False when somebody else was faster."""
    first, stop = item.next_row, min(item.next_row + CHUNK, item.total_rows)
    rows = LedgerImport.objects.filter(pk=item.pk, status=ImportStatus.RUNNING, next_row=first)
    if not rows.update(next_row=stop, next_attempt_at=at + LEASE):
        return False
    step = Comparison()
    load_chunk(
        [waiting[place] for place in range(first, stop) if place in waiting], step, by=item.by, at=at, on=item.on
    )
    item.result = _added(item.result, step)
    item.next_row = stop
    LedgerImport.objects.filter(pk=item.pk).update(result=item.result)
    return True


def _added(result: Mapping[str, Any], step: Comparison) -> dict[str, Any]:
    counts = {"created": len(step.new), "updated": len(step.changed), "unchanged": len(step.unchanged)}
    added = {name: result.get(name, 0) + rows for name, rows in counts.items()}
    conflicts = [
        {"sheet": each.row.sheet, "row": each.row.row, "contract": each.row.number, "fields": differs}
        for each, differs in step.conflicts
    ]
    return {**result, **added, "conflicts": [*result.get("conflicts", []), *conflicts]}


def _finish(item: LedgerImport, rejected: list[Rejection], warnings: list[Finding]) -> None:
    item.result = {
        "created": 0, "updated": 0, "unchanged": 0, "conflicts": [], **item.result,
        "rejected": [_kept(each) for each in rejected], "warnings": [_kept(each) for each in warnings],
    }  # fmt: skip
    rows = LedgerImport.objects.filter(pk=item.pk)
    move_rows(rows, IMPORT, "finished", result=item.result, next_attempt_at=None)


def _kept(finding: Finding) -> dict[str, Any]:
    return {
        "sheet": finding.sheet, "row": finding.row, "field": finding.field, "value": finding.value,
        "problem": finding.problem.value, "cap": finding.cap,
    }  # fmt: skip


def rejections_of(item: LedgerImport) -> Iterator[Rejection]:
    """The rejected rows of a finished import."""
    for each in item.result.get("rejected", []):
        yield Rejection(**{**each, "problem": Problem(each["problem"])})
