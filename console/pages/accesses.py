"""The log of accesses: who came in, tried to, left, or took something away."""

from typing import Any

from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.audit.models import Access
from base.audit.sealing import access_log, head, logs, unsealed
from base.ui.columns import Column
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group

_TAKEN = (Access.Kind.DOWNLOAD, Access.Kind.EXPORT, Access.Kind.PRINT)


def _by(access: Access) -> User | str:
    """The person; behind a customer's link, or with a wrong password, nobody is known."""
    return access.by or gettext("nobody who is logged in")


class AccessPage(ModelPage[Access]):
    model, slug, icon = Access, "accesses", "login"
    title = pgettext_lazy("log", "Accesses")
    empty = _("Log-ins, downloads, exports and opened papers are written down here.")
    actions = Actions(view="accesses.view", export="accesses.view")
    columns = [
        Column("at"),
        Column("kind", sort=False),
        Column("by", value=_by, sort=False),
        Column("name", sort=False),
        Column("address", sort=False),
        Column("what", sort=False),
    ]
    search = ["name", "address", "what"]
    filters = [
        Quick("mine", _("My own"), lambda rows, look: rows.filter(by=look.user)),
        Quick("failed", _("Failed log-ins"), lambda rows, look: rows.filter(kind=Access.Kind.FAILED)),
        Quick("taken", _("Taken away"), lambda rows, look: rows.filter(kind__in=_TAKEN)),
        Relation("by"),
        Choice("kind"),
        DateRange("at"),
    ]
    group_by = ["by"]
    sheet = [
        Group(_("What happened"), ["at", "kind", Column("by", value=_by), "what"]),
        Group(_("From where"), ["name", "address"]),
    ]
    chatter = False
    list_banner_template = "console/log_banner.html"

    @classmethod
    def list_banner(cls, look: Look) -> dict[str, Any]:
        """How far the newest month is sealed, and how many rows still wait for it."""
        newest = max((each.number for each in logs()), default=0)
        known = head(newest) if newest else None
        waiting = unsealed(access_log(newest)).count() if newest else 0
        return {
            "sequence": known.sequence if known else 0,
            "hash": known.hash if known else "",
            "unsealed": waiting,
            "segment": newest,
        }

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Access]:
        return Access.objects.select_related("by")
