"""What of a record waits for a second person, or came into force without one: on its sheet, and after it was asked for."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from base.accounts.access import may
from base.changes import kinds
from base.changes.models import ChangeStatus, PendingChange
from base.changes.queries import may_decide, open_changes
from base.ui import registry
from base.ui.look import Look
from base.ui.thread import Change, changes_of


@dataclass(frozen=True)
class Undecided:
    """One change as a person reads it: old and new of each field they may see, and where it is decided."""

    change: PendingChange
    label: str
    lines: list[Change]
    url: str
    decides: bool


def undecided(record: Model, look: Look) -> list[Undecided]:
    """The open changes of a record, for whoever may read their values."""
    model = type(record)
    if not kinds.is_about(model):
        return []
    found = []
    for change in open_changes(record):
        kind = kinds.named(change.kind)
        if may(look.user, kind.view) or change.asked_by_id == look.user.pk:
            lines = list(changes_of(change, model, look))
            url = registry.address(change, look)
            found.append(Undecided(change, str(kind.label), lines, url, may_decide(change, look.user)))
    return found


def says_it_waits(request: HttpRequest, record: Model, look: Look) -> bool:
    """Tell who just asked for a change that it is not in force yet. Returns whether there is one."""
    if not kinds.is_about(type(record)):
        return False
    asked = PendingChange.objects.filter(asked_by=look.user, asked_at=look.now, status=ChangeStatus.WAITING)
    if not asked.exists():
        return False
    messages.warning(
        request, _("It waits for a second person: what was there before stays in force until somebody else agrees.")
    )
    return True
