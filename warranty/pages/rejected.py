"""The workbook of rejected rows, before the import from its preview and after it from its result."""

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from base.jobs.operations import ask_job
from base.jobs.run import mime_of
from base.ui import registry
from base.ui.look import Look
from warranty import rejected
from warranty.jobs import WRITE_REJECTED
from warranty.models import LedgerImport

#: Rows of a ledger that is read once more while the person waits: well under two seconds.
AT_ONCE = 500


def rejected_workbook(
    request: HttpRequest, item: LedgerImport, look: Look, *, back: str
) -> HttpResponse | FileResponse:
    """At once where the ledger is short; by a job, which is asked for by POST, where it is long."""
    if item.total_rows <= AT_ONCE:
        # A file that has no name is gone however the download ends.
        target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        rejected.write(item, target)
        target.seek(0)
        name = rejected.file_name(item)
        return FileResponse(target, as_attachment=True, filename=name, content_type=mime_of(name))
    if request.method == "POST":
        parameters = {"import": item.pk}
        job = ask_job(kind=WRITE_REJECTED.name, subject=item.name, parameters=parameters, by=look.user, at=look.now)
        return HttpResponseRedirect(registry.address(job, look))
    return TemplateResponse(request, "ui/export.html", {"heading": item.name, "back": back, "limit": AT_ONCE})
