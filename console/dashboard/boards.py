"""What stands on each role's home page, in which order."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.models import Role
from base.mail.pages.mails import MailPage
from billing.pages.invoices import InvoicePage
from console.dashboard import panels
from console.dashboard.figures import Tile
from console.dashboard.panels import Later
from contracts.pages import ContractPage
from renewals.pages.quotes import QuotePage
from service.pages.commitments import CommitmentPage
from service.pages.consents import AccessPage, ManagerChangePage
from service.pages.findings import FindingPage
from service.pages.penalties import PenaltyPage
from service.pages.requests import RequestPage
from service.pages.surveys import SurveyPage
from service.pages.visits import VisitPage
from warranty.pages.inspections import InspectionPage
from warranty.pages.plan import PlanPage

OPEN_SUM = ("gross", "paid", "credited")


@dataclass(frozen=True)
class Section:
    """A titled row of tiles."""

    title: Any
    tiles: list[Tile] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    """A home page: what is to be done, rows of tiles, and panels that show more than a number."""

    sections: list[Section]
    panels: list[Later] = field(default_factory=list)
    todos: bool = True


ENDS = Section(
    _("Coverage ends"),
    [
        Tile(_("within 30 days"), ContractPage, "quick=ends_30", ("amount",), tone="warn"),
        Tile(_("within 60 days"), ContractPage, "quick=ends_60", ("amount",)),
        Tile(_("within 90 days"), ContractPage, "quick=ends_90", ("amount",)),
        Tile(_("to renew"), ContractPage, "quick=to_renew", ("amount",)),
        Tile(_("lapsed: win back"), ContractPage, "quick=lapsed", ("amount",), tone="danger"),
    ],
)
RENEWAL = Section(
    _("Renewal quotes"),
    [
        Tile(_("to review"), QuotePage, "quick=to_review", ("price",)),
        Tile(_("on hold"), QuotePage, "quick=held", ("price",), tone="warn", quiet=True),
        Tile(_("waits for approval"), QuotePage, "quick=to_approve", ("price",), tone="warn"),
        Tile(_("sent and open"), QuotePage, "quick=open", ("price",)),
        Tile(_("expires within 14 days"), QuotePage, "quick=expires_soon", ("price",), tone="warn"),
        Tile(_("accepted this month"), QuotePage, "quick=accepted_this_month", ("price",)),
        Tile(_("declined this month"), QuotePage, "quick=declined_this_month", ("price",), tone="danger", quiet=True),
    ],
)
PROMISES = Section(
    _("Promises"),
    [
        Tile(_("delivered, not accepted"), ContractPage, "quick=delivered", ("amount",), tone="warn"),
        Tile(_("inspections this week"), InspectionPage, "quick=this_week"),
        Tile(_("inspections overdue"), InspectionPage, "quick=overdue", tone="warn"),
        Tile(_("inspection windows missed"), InspectionPage, "quick=missed", tone="danger"),
    ],
)
VISITS = Section(
    _("Inspections"),
    [
        Tile(_("this week"), InspectionPage, "quick=this_week"),
        Tile(_("to be held"), InspectionPage, "quick=open"),
        Tile(_("planned day is over"), InspectionPage, "quick=overdue", tone="warn"),
        Tile(_("window is over"), InspectionPage, "quick=missed", tone="danger"),
    ],
)
REQUESTS = Section(
    _("Service requests"),
    [
        Tile(pgettext_lazy("service request", "open"), RequestPage, "quick=open"),
        Tile(pgettext_lazy("service request", "overdue"), RequestPage, "quick=overdue", tone="danger"),
        Tile(_("end within four hours"), RequestPage, "quick=soon", tone="warn"),
        Tile(_("assigned to nobody"), RequestPage, "quick=unassigned", tone="warn"),
        Tile(_("broken promises in 30 days"), RequestPage, "quick=broken", tone="danger"),
    ],
)
VISITS_OF_TODAY = Section(
    _("Visits to customers"),
    [
        Tile(_("today"), VisitPage, "quick=today"),
        Tile(_("this week"), VisitPage, "quick=week"),
        Tile(_("over, not reported"), VisitPage, "quick=overdue", tone="warn"),
        Tile(_("to be signed"), VisitPage, "quick=to_sign", tone="warn"),
        Tile(_("remote access to be used now"), AccessPage, "quick=usable", quiet=True),
    ],
)
KEPT = Section(
    _("Promises kept"),
    [
        Tile(_("commitments lapsed"), CommitmentPage, "quick=lapsed", tone="danger"),
        Tile(_("commitments due within 30 days"), CommitmentPage, "quick=due"),
        Tile(_("open findings"), FindingPage, "quick=open", tone="warn"),
        Tile(_("customers to be called"), SurveyPage, "quick=to_call"),
        Tile(_("not content"), SurveyPage, "quick=bad", tone="danger", quiet=True),
        Tile(_("damages to decide"), PenaltyPage, "quick=to_decide", ("amount",), tone="warn", quiet=True),
        Tile(_("changes of project manager not answered"), ManagerChangePage, "quick=open", quiet=True),
        Tile(_("remote access not answered"), AccessPage, "quick=open", quiet=True),
    ],
)
UNASSIGNED_VISITS = Tile(_("without engineer"), InspectionPage, "quick=unassigned", tone="warn")
MONEY = Section(
    _("Invoices"),
    [
        Tile(_("to request"), InvoicePage, "quick=to_request", ("gross",)),
        Tile(_("to issue"), InvoicePage, "quick=to_issue", ("gross",), tone="warn"),
        Tile(_("unpaid"), InvoicePage, "quick=unpaid", OPEN_SUM),
        Tile(_("due this month"), InvoicePage, "quick=due_this_month", OPEN_SUM),
        Tile(_("overdue"), InvoicePage, "quick=overdue", OPEN_SUM, tone="danger"),
        Tile(_("not yet exported"), InvoicePage, "quick=not_exported", ("gross",)),
    ],
)
OWN_MONEY = Section(_("Invoices"), [*MONEY.tiles[:1], *MONEY.tiles[2:5]])
HOUSE = Section(
    _("Administration"),
    [
        Tile(_("without account manager"), ContractPage, "quick=unassigned", ("amount",), tone="warn"),
        Tile(_("planned actions failed"), PlanPage, "quick=failed", tone="danger"),
        Tile(_("planned actions waiting"), PlanPage, "quick=waiting"),
    ],
)
POST = Section(
    _("Mail"),
    [
        Tile(_("waiting"), MailPage, "quick=waiting"),
        Tile(_("on hold"), MailPage, "quick=held", tone="warn"),
        Tile(_("uncertain"), MailPage, "quick=uncertain", tone="danger"),
        Tile(_("refused"), MailPage, "quick=refused", tone="danger"),
    ],
)

BOARDS: dict[Role, Board] = {
    Role.MANAGER: Board(
        [ENDS, RENEWAL, PROMISES, REQUESTS, KEPT, OWN_MONEY],
        [panels.PIPELINE, panels.RENEWAL_RATE, panels.PROMISED_TIMES],
    ),
    Role.FINANCE: Board([MONEY], [panels.UNPAID_BY_AGE, panels.LAST_EXPORTS]),
    Role.SERVICE_MANAGER: Board(
        [
            REQUESTS,
            VISITS_OF_TODAY,
            KEPT,
            Section(VISITS.title, [*VISITS.tiles, UNASSIGNED_VISITS]),
            Section(PROMISES.title, PROMISES.tiles[:1]),
        ],
        [panels.PROMISED_TIMES, panels.NEXT_VISITS],
    ),
    Role.ENGINEER: Board([REQUESTS, VISITS_OF_TODAY, VISITS], [panels.NEXT_VISITS]),
    Role.DIRECTOR: Board(
        [ENDS, RENEWAL, PROMISES, REQUESTS, KEPT, MONEY, HOUSE],
        [
            panels.RENEWAL_RATE,
            panels.PIPELINE,
            panels.PROMISED_TIMES,
            panels.UNPAID_BY_AGE,
            panels.LAST_RUN,
        ],
    ),
    Role.ADMINISTRATOR: Board([POST, HOUSE], [panels.HEALTH, panels.LAST_RUN]),
    Role.AUDITOR: Board(
        [ENDS, RENEWAL, PROMISES, REQUESTS, KEPT, MONEY],
        [
            panels.RENEWAL_RATE,
            panels.PIPELINE,
            panels.PROMISED_TIMES,
            panels.UNPAID_BY_AGE,
            panels.HEALTH,
            panels.LAST_RUN,
        ],
        todos=False,
    ),
}
