"""How the daily run carries out the rows warranty owns: notices, missed inspections, the end of coverage."""

from collections.abc import Mapping, Sequence

from base.accounts.models import Role
from base.chatter.labels import kept
from base.chatter.models import Event, Todo
from base.chatter.operations import make_event, make_todo, write_todos
from base.lib.dates import format_day
from base.mail.queue import MailDraft, Reader, write_mails
from contracts.notifications import customer_mail, no_reader_todo, values_of
from contracts.queries import reader_of
from warranty import notifications
from warranty.enums import ActionKind, ActionState
from warranty.models import Inspection, MaintenanceTerm, PlannedAction
from warranty.planning.kinds import DONE, Outcome, RunContext, plug_handler, plug_rows, skipped
from warranty.planning.rows import coverage_end_rows, inspection_rows
from warranty.queries import overtaken
from warranty.rules import DAY


def plug() -> None:
    """Called once by `AppConfig.ready`. The order is the order of a run: first what ends, then what is told."""
    notifications.plug()
    plug_rows(inspection_rows)
    plug_rows(coverage_end_rows)
    plug_handler(ActionKind.COVERAGE_END, announce_coverage_end, after_term=True)
    plug_handler(ActionKind.INSPECTION_MISSED, alarm_missed, after_term=True)
    plug_handler(ActionKind.INSPECTION_NOTICE, give_notice)


def announce_coverage_end(rows: Sequence[PlannedAction], run: RunContext) -> Mapping[int, Outcome]:
    """The next term starts, or coverage lapses: then customer and manager are told."""
    followers = {
        (term.contract_id, term.first_day)
        for term in MaintenanceTerm.objects.filter(contract__in={row.contract_id for row in rows})
    }
    events: list[Event] = []
    todos: list[Todo] = []
    drafts: list[MailDraft] = []
    for row in rows:
        contract, last = row.contract, row.own_term.last_day
        if (row.contract_id, last + DAY) in followers:
            events.append(make_event(contract, "term_started", by=run.by, at=run.at))
            continue
        events.append(
            make_event(contract, "coverage_lapsed", by=run.by, at=run.at, changes={"coverage": [str(last), None]})
        )
        cause = f"coverage_lapsed:{row.pk}"
        todos.append(
            make_todo(
                contract,
                kind="coverage_lapsed",
                due_on=run.on,
                at=run.at,
                assignee=contract.manager,
                role=Role.MANAGER,
                cause=cause,
                params={"contract": contract.number, "day": kept(last)},
            )
        )
        variables = {"last": format_day(last, reader_of(contract).language), "next": ""}
        draft = customer_mail(
            contract,
            cause=cause,
            kind="coverage_lapsed",
            target=contract,
            variables=variables,
            ours=run.ours,
            papers=[("warranty.lapse_letter", row.own_term.pk)],
        )
        if draft:
            drafts.append(draft)
        else:
            todos.append(
                no_reader_todo(contract, cause=cause, kind="coverage_lapsed", target=contract, at=run.at, on=run.on)
            )
    Event.objects.bulk_create(events)
    write_todos(todos)
    write_mails(drafts, at=run.at)
    return {row.pk: DONE for row in rows}


def alarm_missed(rows: Sequence[PlannedAction], run: RunContext) -> Mapping[int, Outcome]:
    """A window ended without a report: the engineer and the service manager are alarmed."""
    inspections = _inspections(rows)
    todos: list[Todo] = []
    outcomes: dict[int, Outcome] = {}
    for row in rows:
        inspection = inspections.get((row.own_term.pk, row.step))
        if inspection is None or inspection.action.state != ActionState.PLANNED:
            outcomes[row.pk] = skipped("reported")
            continue
        params = {"contract": row.contract.number, "day": kept(inspection.window_last)}
        for assignee, role in ((inspection.engineer, ""), (None, Role.SERVICE_MANAGER)):
            if assignee or role:
                todos.append(
                    make_todo(
                        inspection,
                        kind="inspection_missed",
                        due_on=run.on,
                        at=run.at,
                        assignee=assignee,
                        role=role,
                        cause=f"inspection_missed:{row.pk}:{role or 'engineer'}",
                        params=params,
                    )
                )
        outcomes[row.pk] = DONE
    write_todos(todos)
    return outcomes


def give_notice(rows: Sequence[PlannedAction], run: RunContext) -> Mapping[int, Outcome]:
    """Tell engineer and customer of a coming visit; of a ladder missed by downtime only the latest step is sent."""
    inspections = _inspections(rows)
    late = overtaken(rows, run.on)
    drafts: list[MailDraft] = []
    todos: list[Todo] = []
    outcomes: dict[int, Outcome] = {}
    for row in rows:
        inspection = inspections.get((row.own_term.pk, row.step.partition("/")[0]))
        if inspection is None or inspection.action.state != ActionState.PLANNED:
            outcomes[row.pk] = skipped("reported")
        elif row.pk in late:
            outcomes[row.pk] = skipped("a later notice is sent")
        elif inspection.window_last < run.on:
            outcomes[row.pk] = skipped("its window is over")
        else:
            _tell(row, inspection, run, drafts, todos)
            outcomes[row.pk] = DONE
    write_todos(todos)
    write_mails(drafts, at=run.at)
    return outcomes


def _tell(
    row: PlannedAction, inspection: Inspection, run: RunContext, drafts: list[MailDraft], todos: list[Todo]
) -> None:
    contract, engineer, visit = row.contract, inspection.engineer, inspection.action.due_on

    def variables(language: str) -> dict[str, str]:
        days = {"day": visit, "first": inspection.window_first, "last": inspection.window_last}
        named = {name: format_day(day, language) for name, day in days.items()}
        return named | {"engineer": str(engineer) if engineer else contract.project_manager}

    cause = f"inspection_notice:{row.pk}"
    draft = customer_mail(
        contract,
        cause=cause,
        kind="inspection_notice",
        target=inspection,
        variables=variables(reader_of(contract).language),
        ours=run.ours,
    )
    if draft:
        drafts.append(draft)
    if engineer:
        language = engineer.language or "zh-hans"
        drafts.append(
            MailDraft(
                cause=cause,
                kind="inspection_notice_engineer",
                target=inspection,
                reader=Reader(str(engineer), engineer.email, language),
                variables={**values_of(contract, language, run.ours), **variables(language)},
            )
        )
    todos.append(
        make_todo(
            inspection,
            kind="inspection_due",
            due_on=visit,
            at=run.at,
            assignee=engineer,
            role="" if engineer else Role.SERVICE_MANAGER,
            cause=f"inspection_due:{inspection.pk}",
            params={"contract": contract.number, "day": kept(visit)},
        )
    )


def _inspections(rows: Sequence[PlannedAction]) -> dict[tuple[int, str], Inspection]:
    """The inspections the rows speak of, by term and number."""
    found = Inspection.objects.filter(action__term__in={row.term_id for row in rows}).select_related(
        "action", "engineer"
    )
    return {(each.action.term_id, each.action.step): each for each in found}
