"""What the service desk adds to the floors below: requests on the contract, and who sees them."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.chatter import visibility
from base.ui.look import Look
from base.ui.parts import Move, SmartButton, Tab
from contracts.models import Contract
from contracts.pages import ContractPage
from service.forms import PolicyForm
from service.models import ServiceRequest, SlaPolicy, Visit
from service.pages.policies import PolicyPage
from service.pages.prices import PRICES
from service.pages.requests import RequestPage
from service.pages.visit_moves import PLAN
from service.pages.visits import VisitPage
from service.policies import choose_policy


def _requests(contract: Contract, look: Look) -> Any:
    return ServiceRequest.objects.visible_to(look.user).filter(contract=contract)


def _count(contract: Contract, look: Look) -> int:
    return int(_requests(contract, look).count())


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


def _choose(contract: Contract, data: Any, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    choose_policy(contract=contract, policy=data["policy"], by=by, at=at)


def _chosen(contract: Contract, look: Look) -> dict[str, Any]:
    own = SlaPolicy.objects.filter(contracts__contract=contract).first()
    return {"policy": own.pk if own else None}


_POLICY = Move(
    "sla",
    _("SLA policy"),
    "requests.assign",
    _choose,
    form=PolicyForm,
    initial=_chosen,
    icon="clock-check",
    confirm=_("By which times requests on this contract are served from now on. Open requests keep theirs."),
)


def _visits_of(relation: str) -> tuple[SmartButton, Tab]:
    """A button and a tab with the visits that belong to a contract or a request."""

    def found(record: Any, look: Look) -> Any:
        rows = Visit.objects.visible_to(look.user).filter(**{relation: record})
        return rows.select_related("engineer", "customer")

    button = SmartButton(
        "visits",
        _("Visits"),
        VisitPage.icon,
        count=lambda record, look: found(record, look).count(),
        url=lambda record, look: f"{VisitPage.address()}?{relation}={record.pk}",
        action="visits.view",
    )
    tab = Tab(
        "visits",
        _("Visits"),
        "service/visits_of.html",
        context=lambda record, look: {"visits": found(record, look), "colours": VisitPage.status_colours},
        action="visits.view",
        count=lambda record, look: int(found(record, look).count()),
    )
    return button, tab


def plug() -> None:
    visibility.register(ServiceRequest, RequestPage.rows)
    visibility.register(SlaPolicy, PolicyPage.rows)
    ContractPage.plug(_BUTTON, _TAB, _POLICY)
    ContractPage.plug(*_visits_of("contract"))
    RequestPage.plug(PLAN, after="arrive")
    RequestPage.plug(*_visits_of("request"), PRICES.tab())
