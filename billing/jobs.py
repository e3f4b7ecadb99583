"""What of billing takes longer than a second: a numbered batch of many invoices."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from base.jobs import kinds
from base.jobs.kinds import JobKind
from base.jobs.run import JobRun, Outcome
from billing.exports import export_invoices, exportable


def _export(run: JobRun) -> None:
    """Number, batch, file and the end of the job are committed together: a kill leaves all of them, or none."""
    given = run.parameters
    first, last = (date.fromisoformat(given[name]) for name in ("first", "last"))
    with transaction.atomic():
        batch = export_invoices(
            invoices=exportable(first=first, last=last, again=given["again"]),
            file_format=given["file_format"],
            by=run.by,
            at=run.at,
            on=run.on,
            again=given["again"],
            heard=run.step,
        )
        rows = ngettext("%(rows)s row.", "%(rows)s rows.", batch.rows) % {"rows": batch.rows}
        run.finish(Outcome(f"{batch.number}: {rows}", url=reverse("exports:sheet", args=[batch.pk])))


EXPORT_INVOICES = JobKind(
    "export_invoices", gettext_lazy("Export of invoices"), "invoices.export", _export, repeatable=True
)


def register() -> None:
    """Make them known."""
    kinds.register(EXPORT_INVOICES)
