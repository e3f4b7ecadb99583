"""The contracts as a ledger to take away, and to bring back unchanged: at once while they are few, else by a job."""

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from base.accounts.access import action
from base.jobs.operations import ask_job
from base.jobs.run import mime_of
from base.ui import registry
from base.ui.look import Look
from contracts.ledger.export import write_ledger
from contracts.pages import ContractPage
from warranty.jobs import WRITE_LEDGER, ledger_name, ledger_rows
from warranty.ledger.export import exported

#: Contracts that are written while the person waits: well under two seconds.
AT_ONCE = 1000


@action("contracts.export")
@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest) -> HttpResponse | FileResponse:
    """Every active contract this person may see."""
    look = Look.of(request)
    contracts, name = ledger_rows(look.user), ledger_name(look.today.isoformat())
    if contracts[: AT_ONCE + 1].count() <= AT_ONCE:
        target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        write_ledger(target, exported(contracts))
        target.seek(0)
        return FileResponse(target, as_attachment=True, filename=name, content_type=mime_of(name))
    if request.method == "POST":
        job = ask_job(kind=WRITE_LEDGER.name, subject=name, by=look.user, at=look.now)
        return HttpResponseRedirect(registry.address(job, look))
    context = {"heading": ContractPage.heading(), "back": ContractPage.address(), "limit": AT_ONCE}
    return TemplateResponse(request, "ui/export.html", context)
