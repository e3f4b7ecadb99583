"""What covers a system today and what is promised for it: shown before anybody promises anything."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.ui.inputs import whole
from base.ui.look import Look
from contracts.enums import Coverage
from contracts.models import Contract
from service import labels
from service.calls import open_of
from service.enums import Leg
from service.models.requests import OUTSIDE
from service.queries import table_of, term_on, version_for
from service.rules import Promise, coverage_phase
from service.sentences import promise_text
from warranty.labels import COVERAGE_COLOURS
from warranty.queries import coverage_on


def _answer(promise: Promise) -> Promise:
    """What is promised of it before a price is agreed."""
    return {leg: target for leg, target in promise.items() if leg == Leg.RESPONSE}


@action("requests.take")
@require_safe
def hint(request: HttpRequest) -> HttpResponse:
    """A few lines under the contract that was chosen; empty for none."""
    look = Look.of(request)
    pk = whole(request.GET.get("contract"))
    contract = Contract.objects.visible_to(look.user).filter(pk=pk).first() if pk else None
    context: dict[str, object] = {"contract": contract, "look": look}
    if contract:
        terms = list(contract.terms.order_by("first_day"))
        coverage = coverage_on(contract, terms, look.today)
        phase = coverage_phase(contract.final_acceptance_on, look.today)
        names, covered = dict(labels.CLASSES), coverage not in OUTSIDE
        context |= {
            "coverage": coverage.label,
            "colour": COVERAGE_COLOURS[coverage],
            "covered": coverage in (Coverage.TRIAL, Coverage.NONE),
            "term": term_on(terms, look.today),
            "open": open_of([contract], look.user)[contract.pk],
            "promises": [
                (names[request_class.value], promise_text(promise if covered else _answer(promise)))
                for (each, request_class), promise in table_of(version_for(contract, look.today)).items()
                if each == phase
            ],
        }
    return TemplateResponse(request, "service/coverage.html", context)
