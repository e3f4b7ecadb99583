"""The commitment letter and the fulfilment report, filled from the records."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext_lazy, ngettext

from base.company import clock
from base.company.queries import company, today
from base.documents.pages import Paper, offer
from base.documents.registry import register_paper
from contracts.documents import letter_head
from contracts.models import Contract
from contracts.queries import in_force, reader_of
from service import labels
from service.choices import CommitmentUnit, DeliveryKind, FeeBase, FeeUnit
from service.documents.data import promises as papers
from service.enums import Leg, Phase, RequestClass
from service.models import FulfilmentReport, PenaltyRule
from service.promises.fulfilment import Fulfilment, fulfilment
from service.promises.reports import has_left, key_of
from service.queries import table_of, term_on, version_for
from service.rules import Promise, Standing
from service.sentences import STANDINGS, amount_text, given_text, span_text, target_text
from warranty.models import MaintenanceTerm
from warranty.queries import coverage_on

_TONES = {Standing.KEPT: "good", Standing.BROKEN: "bad", Standing.OPEN: "", Standing.STANDING: "", Standing.BEFORE: ""}


def _contract(contract_id: int) -> Contract:
    found: Contract = Contract.objects.select_related("customer", "contact", "manager").get(pk=contract_id)
    return found


def commitment_letter(contract_id: int) -> tuple[str, str, bytes, Model]:
    """服务承诺书 of a contract, from its own terms."""
    contract = _contract(contract_id)
    language, on = reader_of(contract).language, today(clock.now())
    first = contract.terms.order_by("first_day").first()
    head: dict[str, Any] = letter_head(contract)
    with translation.override(language):
        paper = papers.CommitmentLetterPaper(
            number=f"CN-{contract.number}",
            on=on,
            project=contract.project,
            contract_number=contract.number,
            free_months=contract.free_months,
            final_on=contract.final_acceptance_on,
            free_until=first.last_day if first and first.kind == "free" else None,
            inspections_per_year=in_force(contract, on).inspections_per_year,
            cap_rate=contract.cap_rate,
            project_manager=contract.project_manager,
            hotline=company().hotline,
            times=_times(contract, on),
            pledges=_pledges(contract, language),
            clause=_clause(contract),
            **head,
        )
    return (
        f"commitment_letter:{contract.pk}:{contract.version}",
        f"服务承诺书_{contract.number}.pdf",
        paper.render(language),
        contract,
    )


def _times(contract: Contract, on: date) -> list[papers.Times]:
    phases, classes = dict(labels.PHASES), dict(labels.CLASSES)
    return [
        papers.Times(
            phase=str(phases[phase.value]),
            name=str(classes[each.value]),
            definition=str(labels.DEFINITIONS[each]),
            **{leg.value: _target(promise, leg) for leg in Leg},
        )
        for (phase, each), promise in sorted(table_of(version_for(contract, on)).items(), key=_in_order)
    ]


def _in_order(row: tuple[tuple[Phase, RequestClass], Promise]) -> tuple[int, int]:
    """The trial run comes first; the classes as they are listed everywhere."""
    (phase, each), _promise = row
    return list(Phase).index(phase), list(RequestClass).index(each)


def _target(promise: Promise, leg: Leg) -> str:
    return target_text(promise[leg]) if leg in promise else ""


def _pledges(contract: Contract, language: str) -> list[papers.Pledge]:
    return [
        papers.Pledge(
            text=(each.text_en if language == "en" else "") or each.text,
            promised=amount_text(each.amount, each.unit),
            responsible=" ".join(filter(None, [each.department, str(each.responsible or "")])),
            phone=each.phone,
        )
        for each in contract.commitments.select_related("responsible")
    ]


def _clause(contract: Contract) -> papers.Clause | None:
    """Only what this contract says itself: the clause for all others is for proposals, and promised to nobody."""
    rule = PenaltyRule.objects.filter(contract=contract).first()
    if rule is None:
        return None
    return papers.Clause(
        rate=rule.rate,
        unit=str(FeeUnit(rule.unit).label),
        base=str(FeeBase(rule.base).label),
        grace=rule.grace,
        cap_rate=rule.cap_rate,
    )


def fulfilment_report(report_id: int) -> tuple[str, str, bytes, Model]:
    """服务履约报告 of a period, as known now; once it has left the house the stored one is given out."""
    report = FulfilmentReport.objects.select_related(
        "contract__customer", "contract__contact", "contract__manager"
    ).get(pk=report_id)
    contract, on = report.contract, today(clock.now())
    language = reader_of(contract).language
    facts = fulfilment(contract, report.first_day, report.last_day, on)
    head: dict[str, Any] = letter_head(contract)
    with translation.override(language):
        terms = list(contract.terms.order_by("first_day"))
        paper = papers.FulfilmentReportPaper(
            number=report.number,
            on=report.made_on,
            project=contract.project,
            contract_number=contract.number,
            first_day=report.first_day,
            last_day=report.last_day,
            coverage=_coverage(contract, terms, min(report.last_day, on)),
            summary=report.summary,
            promises=_promise_lines(facts, language),
            classes=[(str(name), len(facts.classes[key])) for key, name in labels.CLASSES if key in facts.classes],
            legs=_leg_lines(facts),
            bars=_bars(facts.months),
            visits=_visits(facts),
            given=_given(facts),
            asked=facts.surveys.asked,
            answered=facts.surveys.answered,
            mean="" if facts.surveys.mean is None else f"{facts.surveys.mean:.1f}",
            content=_percent(facts.surveys.content, facts.surveys.answered),
            comments=[
                (today(each.answered_at), str(each.get_score_display()), each.comment)
                for each in facts.comments
                if each.answered_at
            ],
            open_points=[(each.number, each.title, today(each.reported_at)) for each in facts.open_requests],
            breaches=_breaches(facts),
            credited=facts.credited,
            **head,
        )
    return key_of(report.pk), f"服务履约报告_{report.number}.pdf", paper.render(language), report


def _coverage(contract: Contract, terms: Sequence[MaintenanceTerm], day: date) -> str:
    """How the contract was covered at the end of the period, and from when to when."""
    label, term = str(coverage_on(contract, terms, day).label), term_on(terms, day)
    return f"{label} {term.first_day} – {term.last_day}" if term else label


def _promise_lines(facts: Fulfilment, language: str) -> list[papers.PromiseLine]:
    """Without what was due before our records begin: the paper says nothing of what nobody here can know."""
    return [
        papers.PromiseLine(
            text=(each.text_en if language == "en" else "") or each.text,
            promised=amount_text(each.amount, each.unit),
            given=given_text(each, kept),
            standing=str(STANDINGS[kept.standing]),
            tone=_TONES[kept.standing],
        )
        for each, kept in facts.promises
        if kept.standing != Standing.BEFORE
    ]


def _leg_lines(facts: Fulfilment) -> list[papers.LegLine]:
    return [
        papers.LegLine(
            name=str(labels.LEGS[leg]),
            kept=figures.kept,
            broken=figures.broken,
            share=_percent(figures.kept, figures.kept + figures.broken),
            mean=span_text(figures.mean) if figures.mean is not None else "",
        )
        for leg, figures in facts.legs.items()
    ]


def _percent(part: int, whole: int) -> str:
    """One decimal, never rounded up to a full hundred."""
    if not whole:
        return ""
    return "100 %" if part == whole else f"{min(part / whole * 100, 99.9):.1f} %"


#: More months than these are labelled by their years alone.
_MOST_LABELS = 14


def _month_label(month: date, is_first: bool, crowded: bool) -> str:
    """The year where it begins, the months between; of many months only the years."""
    if crowded:
        return f"{month:%Y}" if month.month == 1 else ""
    return f"{month:%Y-%m}" if month.month == 1 or is_first else f"{month:%m}"


def _bars(months: Sequence[tuple[date, int, int]]) -> list[papers.Bar]:
    """The months side by side, the highest as high as the chart."""
    most = max((kept + broken for _month, kept, broken in months), default=0)
    step = 100 / max(len(months), 1)
    crowded = len(months) > _MOST_LABELS
    return [
        papers.Bar(
            label=_month_label(month, place == 0, crowded),
            x=round(place * step + step * 0.15, 2),
            width=round(min(step * 0.7, 9), 2),
            kept=round(100 * kept / most, 2) if most else 0,
            broken=round(100 * broken / most, 2) if most else 0,
            total=kept + broken,
            top=round(27.2 - (24 * (kept + broken) / most if most else 0), 2),
        )
        for place, (month, kept, broken) in enumerate(months)
    ]


def _visits(facts: Fulfilment) -> list[papers.VisitLine]:
    return [
        papers.VisitLine(
            window=(each.window_first, each.window_last),
            visited_on=each.visited_on,
            engineer=str(each.engineer or ""),
            result=str(each.get_result_display()) if each.result else "",
            late=each.visited_on is None or each.visited_on > each.window_last,
        )
        for each in facts.records.inspections
    ]


def _given(facts: Fulfilment) -> list[papers.GivenLine]:
    lines = []
    for each in facts.records.deliveries:
        detail = [amount_text(each.days, CommitmentUnit.DAYS)] if each.kind == DeliveryKind.TRAINING else []
        if each.people:
            detail.append(ngettext("%(n)s participant", "%(n)s participants", each.people) % {"n": each.people})
        detail += [str(each.get_audience_display())] if each.audience else []
        detail += [str(each.by) if each.by else each.by_name]
        lines.append(
            papers.GivenLine(
                each.title, str(each.get_kind_display()), each.first_day, each.last_day,
                " · ".join(filter(None, detail)), each.proven,
            )
        )  # fmt: skip
    return lines


def _breaches(facts: Fulfilment) -> list[papers.BreachLine]:
    decided = {(each.request_id, each.leg): each for each in facts.penalties}
    lines = []
    for request, leg in facts.broken:
        penalty = decided.get((request.pk, leg))
        lines.append(
            papers.BreachLine(
                request.number,
                request.title,
                str(labels.LEGS[leg]),
                str(penalty.get_status_display()) if penalty else "",
            )
        )
    return lines


def register() -> None:
    register_paper("service.commitment_letter", commitment_letter)
    register_paper("service.fulfilment_report", fulfilment_report, key=key_of)
    offer(Contract, Paper("commitments", gettext_lazy("Service commitment letter"), commitment_letter))
    offer(
        FulfilmentReport,
        Paper(
            "report",
            gettext_lazy("Fulfilment report"),
            fulfilment_report,
            key=lambda report: key_of(report.pk) if has_left(report) else "",
        ),
    )
