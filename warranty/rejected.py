"""The rejected rows of an import as a workbook, each with its reason, to mend and import again."""

from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext as _

from contracts.ledger import write_rejected
from warranty import imports
from warranty.enums import ImportStatus
from warranty.ledger.compare import loadable
from warranty.ledger.labels import reason
from warranty.models import LedgerImport


def write(item: LedgerImport, target: BinaryIO) -> int:
    """Write them as they stand now. Returns how many there are."""
    ledger = imports.ledger_of(item)
    if item.status == ImportStatus.DONE:
        found = list(imports.rejections_of(item))
    else:
        found = loadable(ledger, imports.answers_of(item), item.people)[1]
    write_rejected(target, ledger, found, reason=reason, heading=_("reason for rejection"))
    return len(found)


def file_name(item: LedgerImport) -> str:
    """The name of the ledger, and what this is of it."""
    return _("%(name)s, rejected rows.xlsx") % {"name": PurePath(item.name).stem}
