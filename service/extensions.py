"""What the service desk adds to the floors below: requests and promises on the contract, and who sees what."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.access import may
from base.accounts.models import User
from base.chatter import visibility
from base.documents.pages import papers_tab
from base.mail.models import OutgoingMail
from base.mail.pages.mails import MailPage
from base.ui.extension import PageExtension, after
from base.ui.look import Look
from base.ui.page import PAGES
from base.ui.parts import BulkMove, CountOf, Move, SmartButton, Tab
from contracts.enums import ContractStatus
from contracts.models import Contract
from contracts.pages import ContractPage
from service.checks.extensions import CHECK_LISTS
from service.forms.requests import PolicyForm
from service.models import CONSENTS, Commitment, ServiceRequest, SlaPolicy, Survey, Visit
from service.pages import inspection_parts
from service.pages.commitments import CommitmentPage, DeliveryPage, TemplatePage
from service.pages.consents import ASK_ACCESS, ASK_CHANGE, ASK_PRICE, AccessPage, ManagerChangePage
from service.pages.penalties import PenaltyPage, PenaltyRulePage
from service.pages.policies import PolicyPage
from service.pages.prices import PRICES
from service.pages.reports import MAKE_REPORT, ReportPage
from service.pages.requests import RequestPage
from service.pages.surveys import SurveyPage
from service.pages.visit_moves import PLAN
from service.pages.visits import PARTS, VisitPage
from service.policies import choose_policy
from service.promises import commitments
from service.promises.commitment_status import Kept, keep_all
from service.rules import Standing
from service.sentences import STANDING_COLOURS, STANDINGS, amount_text, given_text
from warranty.models import Inspection


def _requests(contract: Contract, look: Look) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.visible_to(look.user).filter(contract=contract)


_count = CountOf(_requests)


_BUTTON = SmartButton(
    "requests",
    _("Requests"),
    RequestPage.icon,
    count=_count,
    url=lambda contract, look: f"{RequestPage.address()}?contract={contract.pk}",
    action="requests.view",
)
_TAB = Tab(
    "requests",
    _("Requests"),
    "service/contract_requests.html",
    context=lambda contract, look: {"requests": _requests(contract, look), "colours": RequestPage.status_colours},
    action="requests.view",
    count=_count,
)


def _choose(contract: Contract, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> None:
    choose_policy(contract=contract, policy=data["policy"], by=by, at=at)


def _chosen(contract: Contract, look: Look) -> dict[str, Any]:
    own = SlaPolicy.objects.filter(contracts__contract=contract).first()
    return {"policy": own.pk if own else None}


_POLICY = Move(
    "sla",
    pgettext_lazy("button", "SLA policy"),
    "requests.assign",
    _choose,
    form=PolicyForm,
    initial=_chosen,
    icon="clock-check",
    seldom=True,
    confirm=_("By which times requests on this contract are served from now on. Open requests keep theirs."),
)


# --- promises -------------------------------------------------------------------------------------------------------

_TONES = (Standing.KEPT, Standing.STANDING, Standing.OPEN, Standing.BROKEN, Standing.BEFORE)


def _kept_rows(contract: Contract, look: Look) -> list[tuple[Commitment, Kept]]:
    """Counted once for the tab and the button."""
    rows: list[tuple[Commitment, Kept]] = look.once(("promises", contract.pk), lambda: keep_all(contract, look.today))
    return rows


def _promises(contract: Contract, look: Look) -> Mapping[str, Any]:
    """Each promise with how it stands, and where what proves it is listed; counted in a handful of queries."""
    rows = _kept_rows(contract, look)
    lines = [
        (
            each,
            amount_text(each.amount, each.unit),
            given_text(each, kept),
            STANDINGS[kept.standing],
            STANDING_COLOURS[kept.standing],
            _evidence(contract, kept.evidence, look),
        )
        for each, kept in rows
    ]
    states = [kept.standing for _each, kept in rows]
    new = look.may("commitments.edit"), look.may("deliveries.edit")
    return {
        "lines": lines,
        "counts": [(STANDINGS[tone], STANDING_COLOURS[tone], states.count(tone)) for tone in _TONES],
        "new_url": f"{CommitmentPage.address('create')}?contract={contract.pk}" if new[0] else "",
        "delivery_url": f"{DeliveryPage.address('create')}?contract={contract.pk}" if new[1] else "",
    }


def _evidence(contract: Contract, slug: str, look: Look) -> str:
    page = PAGES.get(slug)
    if page is None or not look.may(page.actions.view):
        return ""
    return f"{page.address()}?{'action__contract' if slug == 'inspections' else 'contract'}={contract.pk}"


def _kept(contract: Contract, look: Look) -> str:
    """`9/11`: kept, of those that can be told by now; before there are any, that they are in force."""
    states = [kept.standing for _each, kept in _kept_rows(contract, look)]
    kept, broken = states.count(Standing.KEPT), states.count(Standing.BROKEN)
    return f"{kept}/{kept + broken}" if kept + broken else str(STANDINGS[Standing.STANDING]) if states else "0"


_PROMISES = Tab(
    "promises", _("Promises"), "service/contract_promises.html", context=_promises, action="commitments.view",
    count=lambda contract, look: len(_kept_rows(contract, look)),
)  # fmt: skip
_KEPT = SmartButton(
    "promises",
    _("Promises kept"),
    CommitmentPage.icon,
    count=_kept,
    url=lambda contract, look: f"{ContractPage.address('sheet', contract.pk)}?tab=promises",
    action="commitments.view",
)


def _write(
    contract: Contract, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None = None
) -> None:
    commitments.write_commitments(contract=contract, by=by, at=at)


def _may_write(contract: Contract) -> bool:
    return bool(contract.status == ContractStatus.ACTIVE and not contract.commitments.exists())


_WRITE = Move(
    "promises",
    _("Apply commitment template"),
    "commitments.edit",
    _write,
    allowed=_may_write,
    confirm=_("The promises of the template become this contract's; word them as it was signed."),
    icon=CommitmentPage.icon,
)
_WRITE_MANY = BulkMove(
    "promises",
    _("Apply commitment template"),
    "commitments.edit",
    lambda contract, data, *, by, at, on: commitments.write_commitments(contract=contract, by=by, at=at),
    confirm=_("The promises of the template are added to the selected contracts."),
    icon=CommitmentPage.icon,
)

_PAGES = (
    RequestPage,
    PolicyPage,
    AccessPage,
    ManagerChangePage,
    SurveyPage,
    CommitmentPage,
    TemplatePage,
    DeliveryPage,
    PenaltyPage,
    PenaltyRulePage,
    ReportPage,
    VisitPage,
)


def _visits_of(relation: str) -> tuple[SmartButton, Tab]:
    """A button and a tab with the visits that belong to a contract or a request."""

    def found(record: Contract | ServiceRequest, look: Look) -> QuerySet[Visit]:
        rows = Visit.objects.visible_to(look.user).filter(**{relation: record})
        return rows.select_related("engineer", "customer")

    count = CountOf(lambda record, look: found(record, look).select_related(None))
    button = SmartButton(
        "visits",
        _("Visits"),
        VisitPage.icon,
        count=count,
        url=lambda record, look: f"{VisitPage.address()}?{relation}={record.pk}",
        action="visits.view",
    )
    tab = Tab(
        "visits",
        _("Visits"),
        "service/visits_of.html",
        context=lambda record, look: {"visits": found(record, look), "colours": VisitPage.status_colours},
        action="visits.view",
        count=count,
    )
    return button, tab


_CONTRACT_VISITS, _CONTRACT_VISITS_TAB = _visits_of("contract")
_REQUEST_VISITS, _REQUEST_VISITS_TAB = _visits_of("request")


class ServiceOfContract(PageExtension[Contract], of="contracts"):
    """A contract's requests, promises, papers and visits, and what may be asked of its customer."""

    buttons = (_BUTTON, _KEPT, _CONTRACT_VISITS)
    tabs = (_TAB, _PROMISES, papers_tab("contracts", needs="prices.view"), _CONTRACT_VISITS_TAB)
    moves = (_POLICY, _WRITE, ASK_CHANGE, replace(ASK_ACCESS, seldom=True), MAKE_REPORT, CHECK_LISTS)
    bulk = (_WRITE_MANY,)


class WorkOfRequest(PageExtension[ServiceRequest], of="requests"):
    """Visits to a request, their prices, and access to the customer's systems."""

    moves = (ASK_ACCESS, ASK_PRICE, after("arrive", PLAN))
    buttons = (_REQUEST_VISITS,)
    tabs = (_REQUEST_VISITS_TAB, PRICES.tab())


class PartsOfVisit(PageExtension[Visit], of="visits"):
    """The parts that were built in; declared here, because a part's form leads back to the page of its visit."""

    tabs = (PARTS.tab(),)


class MailsOfDesk(PageExtension[OutgoingMail], of=MailPage.slug):
    """Whoever reads mails but no prices reads those of the desk: of requests, visits, consents, surveys and inspections."""

    @classmethod
    def rows(cls, rows: QuerySet[OutgoingMail], user: User) -> QuerySet[OutgoingMail]:
        if may(user, "prices.view") or not may(user, "mails.read"):
            return rows
        desk = ContentType.objects.get_for_models(ServiceRequest, Visit, Inspection, Survey, *CONSENTS)
        return rows.filter(target_type__in=list(desk.values()))


class ChecksOfInspection(PageExtension[Inspection], of="inspections"):
    """The checks of an inspection, its findings and its signed report."""

    buttons = inspection_parts.BUTTONS
    tabs = (inspection_parts.CHECKS,)
    moves = after("report", inspection_parts.SIGN)

    @classmethod
    def rows(cls, rows: QuerySet[Inspection], user: User) -> QuerySet[Inspection]:
        return rows.select_related("written_report")


def register() -> None:
    """Say who sees what of the service desk; called once by `AppConfig.ready`."""
    for page in _PAGES:
        visibility.register(page.model, page.rows, page.actions.view)
