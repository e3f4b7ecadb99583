"""The contracts as a ledger to take away, and to bring back unchanged."""

import tempfile

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.ui.look import Look
from contracts.ledger.export import write_ledger
from contracts.pages import ContractPage
from warranty.ledger.export import exported

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@action("contracts.export")
@require_safe
def download(request: HttpRequest) -> FileResponse:
    """Every active contract this person may see."""
    look = Look.of(request)
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_ledger(target, exported(ContractPage.rows(look.user)))
    target.seek(0)
    name = _("Contract ledger %(day)s.xlsx") % {"day": look.today}
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)
