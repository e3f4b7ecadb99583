"""What the decisions about coverage's rows follow from, read for many rows at once."""

from collections.abc import Mapping, Sequence

from contracts.queries import reader_of
from warranty.enums import ActionState
from warranty.models import Inspection, MaintenanceTerm, PlannedAction
from warranty.plan_decisions import EndFacts, MissedFacts, NoticeFacts, TerminationFacts
from warranty.planning.kinds import Known, Outlook
from warranty.queries import overtaken
from warranty.rules import DAY


def gather_terminations(rows: Sequence[PlannedAction], outlook: Outlook) -> Mapping[int, Known[TerminationFacts, None]]:
    """Whether the contract is still to end on that day."""
    return {row.pk: Known(TerminationFacts(row.contract.ending_on, row.computed_on), None) for row in rows}


def gather_ends(rows: Sequence[PlannedAction], outlook: Outlook) -> Mapping[int, Known[EndFacts, None]]:
    """Whether a term follows, and whether the customer can be written to."""
    followers = {
        (term.contract_id, term.first_day)
        for term in MaintenanceTerm.objects.filter(contract__in={row.contract_id for row in rows})
    }
    return {
        row.pk: Known(
            EndFacts(
                followed=(row.contract_id, row.own_term.last_day + DAY) in followers,
                readable=bool(reader_of(row.contract).email),
            ),
            None,
        )
        for row in rows
    }


def gather_missed(
    rows: Sequence[PlannedAction], outlook: Outlook
) -> Mapping[int, Known[MissedFacts, Inspection | None]]:
    """Whether the report is in."""
    inspections = _inspections(rows)
    return {
        row.pk: Known(MissedFacts(awaited=_is_awaited(visit)), visit)
        for row in rows
        for visit in [inspections.get((row.own_term.pk, row.step))]
    }


def gather_notices(
    rows: Sequence[PlannedAction], outlook: Outlook
) -> Mapping[int, Known[NoticeFacts, Inspection | None]]:
    """Whether the visit is still to come, and a nearer notice of it is due."""
    inspections, late = _inspections(rows), overtaken(rows, outlook.days)
    return {
        row.pk: Known(
            NoticeFacts(
                on=outlook.days[row.pk],
                awaited=_is_awaited(visit),
                overtaken=row.pk in late,
                ending_on=row.contract.ending_on,
                visit_on=visit.action.due_on if visit else None,
                window_last=visit.window_last if visit else None,
                readable=bool(reader_of(row.contract).email),
            ),
            visit,
        )
        for row in rows
        for visit in [inspections.get((row.own_term.pk, row.step.partition("/")[0]))]
    }


def _is_awaited(inspection: Inspection | None) -> bool:
    return inspection is not None and inspection.action.state == ActionState.PLANNED


def _inspections(rows: Sequence[PlannedAction]) -> dict[tuple[int | None, str], Inspection]:
    """The inspections the rows speak of, by term and number."""
    found = Inspection.objects.filter(action__term__in={row.term_id for row in rows})
    return {(each.action.term_id, each.action.step): each for each in found.select_related("action", "engineer")}
