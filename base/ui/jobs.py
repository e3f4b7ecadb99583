"""A long list as a file: a job, and the rights of its person asked again when the file is fetched (docs/rules.md 7.7)."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from base.accounts.access import NOBODY, may
from base.accounts.models import User
from base.jobs import kinds
from base.jobs.keys import unpack_keys
from base.jobs.kinds import JobKind
from base.jobs.models import Job
from base.jobs.operations import ask_job
from base.jobs.queries import hides_rows
from base.jobs.run import JobRun, Outcome
from base.ui.export import csv_bytes, xlsx_bytes
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.page import PAGES, AnyPage

KIND = "export_list"
#: The writers of a list's file, by the end of its name.
WRITERS = {"xlsx": xlsx_bytes, "csv": csv_bytes}


def ask_export(listing: Listing, kind: str) -> Job:
    """Have the list written as a file of that kind, as its person sees it when it is written."""
    page = listing.page
    parameters = {"page": page.slug, "query": listing.query, "kind": kind}
    subject = f"{page.heading()} ({kind})"
    return ask_job(kind=KIND, subject=subject, parameters=parameters, by=listing.look.user, at=listing.look.now)


def file_name(listing: Listing, kind: str) -> str:
    """The name under which it is taken away: what and when."""
    return f"{listing.page.heading()} {listing.look.today.isoformat()}.{kind}"


def _action(parameters: Mapping[str, Any]) -> str:
    page = PAGES.get(parameters["page"])
    return page.actions.export if page is not None else NOBODY


def _carry_out(run: JobRun) -> Outcome:
    assert run.by is not None
    page, kind = PAGES[run.parameters["page"]], run.parameters["kind"]
    look = Look(user=run.by, today=run.on, now=run.at, language=run.job.language)
    listing = Listing(page, QueryDict(run.parameters["query"]), look)
    total = listing.rows.order_by().count()
    keys: list[int] = []

    def heard(chunk: Sequence[Model]) -> None:
        keys.extend(each.pk for each in chunk)
        run.step(len(keys), total)

    run.step(0, total)
    content = WRITERS[kind](listing, heard)
    rows = len(keys)
    return Outcome(
        ngettext("%(rows)s row.", "%(rows)s rows.", rows) % {"rows": rows},
        file=io.BytesIO(content),
        file_name=file_name(listing, kind),
        keys=keys,
        data={"columns": [each.name for each in listing.columns]},
    )


def _refuses(job: Job, by: User) -> str:
    page = PAGES[job.parameters["page"]]
    if hidden_columns(page, job.outcome["columns"], by):
        return _("The file holds columns that you may no longer see. Ask for it again.")
    return refuses_rows(job, by)


def refuses_rows(job: Job, by: User) -> str:
    """Why a file of a page's rows is withheld: one of them is hidden from its person by now; else nothing."""
    if hides_rows(PAGES[job.parameters["page"]].rows(by), unpack_keys(bytes(job.keys))):
        return _("The file holds rows that you may no longer see. Ask for it again.")
    return ""


def hidden_columns(page: type[AnyPage], names: Iterable[str], by: User) -> bool:
    """Whether this person may not see one of these columns, or it is no more."""
    shown = {each.name for each in page.all_columns() if _sees(page, each.name, each.action, by)}
    return not shown.issuperset(names)


def _sees(page: type[AnyPage], name: str, action: str, by: User) -> bool:
    guard = page.guard(name, action)
    return not guard or may(by, guard)


EXPORT = JobKind(KIND, gettext_lazy("Export of a list"), _action, _carry_out, repeatable=True, refuses=_refuses)


def register() -> None:
    """Make the export of lists known as a job."""
    kinds.register(EXPORT)
