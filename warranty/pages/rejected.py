"""The workbook of rejected rows, before the import from its preview and after it from its result."""

import tempfile
from pathlib import PurePath

from django.http import FileResponse
from django.utils.translation import gettext as _

from contracts.ledger import write_rejected
from warranty import imports
from warranty.enums import ImportStatus
from warranty.ledger.compare import loadable
from warranty.ledger.labels import reason
from warranty.models import LedgerImport

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rejected_workbook(item: LedgerImport) -> FileResponse:
    """Written to a file that has no name, so that it is gone however the download ends."""
    ledger = imports.ledger_of(item)
    if item.status == ImportStatus.DONE:
        found = list(imports.rejections_of(item))
    else:
        found = loadable(ledger, imports.answers_of(item))[1]
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_rejected(target, ledger, found, reason=reason, heading=_("reason for rejection"))
    target.seek(0)
    name = _("%(name)s, rejected rows.xlsx") % {"name": PurePath(item.name).stem}
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)
