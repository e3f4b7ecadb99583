"""The kinds of planned actions that coverage brings: visits, their notices and alarms, the end of coverage."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from base.accounts.models import Role, User
from base.chatter.labels import kept
from base.chatter.models import Event, Todo
from base.chatter.operations import make_event, make_todo, write_todos
from base.company.models import Company
from base.lib.dates import format_day
from base.mail.models import OutgoingMail
from base.mail.occasions import Occasion
from base.mail.occasions import register as register_occasion
from base.mail.queue import MailDraft, Reader, language_of, own_draft, write_mails
from contracts.models import Contract
from contracts.notifications import customer_mail, no_reader_todo, people_of, values_of
from contracts.operations import end_as_planned
from contracts.queries import reader_of
from warranty import notifications
from warranty.enums import ActionKind
from warranty.models import Inspection, MaintenanceTerm, PlannedAction
from warranty.plan_decisions import (
    EndFacts,
    MissedFacts,
    NoticeFacts,
    TerminationFacts,
    decide_end,
    decide_missed,
    decide_notice,
    decide_termination,
)
from warranty.plan_facts import gather_ends, gather_missed, gather_notices, gather_terminations
from warranty.planning.kinds import Act, Case, PlanKind, RunContext, register
from warranty.planning.rows import coverage_end_rows, inspection_rows


def register_kinds() -> None:
    """Called once by `AppConfig.ready`. The order is the order of a run: first what ends, then what is told."""
    notifications.register()
    _register_occasions()
    register(TERMINATION, INSPECTION, COVERAGE_END, INSPECTION_MISSED, INSPECTION_NOTICE)


def _register_occasions() -> None:
    """Whom these mails concern when they leave."""
    at_contract = Occasion(
        draft=_lapse_now,
        customer=lambda contract: contract.customer,
        people=lambda contract, language: people_of(contract.customer, language),
        related=("customer", "contact", "manager"),
    )
    contract = "action__contract__"
    at_visit = Occasion(
        draft=lambda visit, mail, ours: _customer_notice(visit, mail.cause, ours),
        customer=lambda visit: visit.action.contract.customer,
        people=lambda visit, language: people_of(visit.action.contract.customer, language),
        related=("engineer", *(f"{contract}{name}" for name in ("customer", "contact", "manager"))),
    )
    to_engineer = replace(
        at_visit,
        draft=lambda visit, mail, ours: _engineer_notice(visit, mail.cause, ours),
        people=lambda visit, language: _colleague(visit.engineer),
    )
    register_occasion(at_contract, "coverage_lapsed")
    register_occasion(at_visit, "inspection_notice")
    register_occasion(to_engineer, "inspection_notice_engineer")


def _colleague(engineer: User | None) -> dict[str, Reader]:
    return {engineer.email: Reader(str(engineer), engineer.email, language_of(engineer))} if engineer else {}


# --- the end of the contract ---------------------------------------------------------------------------------------


def end_contracts(cases: Sequence[Case[TerminationFacts, None]], run: RunContext) -> None:
    """What was terminated as of this day is terminated now."""
    for case in cases:
        end_as_planned(contract=case.row.contract, at=run.at)


# --- the end of coverage --------------------------------------------------------------------------------------------


def announce_coverage_end(cases: Sequence[Case[EndFacts, None]], run: RunContext) -> None:
    """The next term starts, or coverage lapses: then customer and manager are told."""
    events: list[Event] = []
    todos: list[Todo] = []
    drafts: list[MailDraft] = []
    for case in cases:
        row, contract = case.row, case.row.contract
        if case.facts.followed:
            events.append(make_event(contract, "term_started", by=run.by, at=run.at))
            continue
        last = row.own_term.last_day
        cause = f"coverage_lapsed:{row.pk}:{last}"
        changes = {"coverage": [str(last), None]}
        events.append(make_event(contract, "coverage_lapsed", by=run.by, at=run.at, changes=changes))
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
        if draft := _lapse_mail(row, cause, run):
            drafts.append(draft)
        else:
            todos.append(
                no_reader_todo(contract, cause=cause, kind="coverage_lapsed", target=contract, at=run.at, on=run.on)
            )
    Event.objects.bulk_create(events)
    write_todos(todos)
    write_mails(drafts, at=run.at)


def _lapse_mail(row: PlannedAction, cause: str, run: RunContext) -> MailDraft | None:
    contract, term = row.contract, row.own_term
    said = {"last": format_day(term.last_day, reader_of(contract).language), "next": ""}
    papers = [("warranty.lapse_letter", term.pk)]
    return customer_mail(
        contract, cause=cause, kind="coverage_lapsed", target=contract, variables=said, our_company=run.company,
        papers=papers,
    )  # fmt: skip


def _lapse_now(contract: Contract, mail: OutgoingMail, our_company: Company) -> MailDraft | None:
    """The lapse it told of, to whom it concerns now."""
    said = dict(mail.variables)
    if mail.papers and (term := MaintenanceTerm.objects.filter(pk=mail.papers[0][1]).first()):
        said["last"] = format_day(term.last_day, reader_of(contract).language)
    said = {name: said[name] for name in ("last", "next") if name in said}
    return customer_mail(
        contract, cause=mail.cause, kind=mail.kind, target=contract, variables=said, our_company=our_company
    )


# --- visits ---------------------------------------------------------------------------------------------------------


def alarm_missed(cases: Sequence[Case[MissedFacts, Inspection | None]], run: RunContext) -> None:
    """A window ended without a report: the engineer and the service manager are alarmed."""
    todos: list[Todo] = []
    for case in cases:
        inspection = case.record
        if inspection is None:
            continue
        params = {"contract": case.row.contract.number, "day": kept(inspection.window_last)}
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
                        cause=f"inspection_missed:{case.row.pk}:{role or 'engineer'}:{inspection.window_last}",
                        params=params,
                    )
                )
    write_todos(todos)


def give_notice(cases: Sequence[Case[NoticeFacts, Inspection | None]], run: RunContext) -> None:
    """Tell engineer and customer of a coming visit."""
    drafts: list[MailDraft] = []
    todos: list[Todo] = []
    for case in cases:
        if case.record is not None:
            drafts += _notice_mails(case.row, case.record, run)
            todos.append(_visit_todo(case.row, case.record, run))
    write_todos(todos)
    write_mails(drafts, at=run.at)


def _notice_mails(row: PlannedAction, inspection: Inspection, run: RunContext) -> list[MailDraft]:
    """To the customer where somebody can be written to, and to the engineer."""
    cause = f"inspection_notice:{row.pk}:{inspection.action.due_on}"
    drafts = [make(inspection, cause, run.company) for make in (_customer_notice, _engineer_notice)]
    return [draft for draft in drafts if draft]


def _customer_notice(inspection: Inspection, cause: str, our_company: Company) -> MailDraft | None:
    contract = inspection.action.contract
    return customer_mail(
        contract, cause=cause, kind="inspection_notice", target=inspection,
        variables=_visit_words(inspection, reader_of(contract).language), our_company=our_company,
    )  # fmt: skip


def _engineer_notice(inspection: Inspection, cause: str, our_company: Company) -> MailDraft | None:
    engineer = inspection.engineer
    if engineer is None or not engineer.is_active:
        return None
    language = language_of(engineer)
    return own_draft(
        engineer,
        cause=cause,
        kind="inspection_notice_engineer",
        target=inspection,
        variables={
            **values_of(inspection.action.contract, language, our_company),
            **_visit_words(inspection, language),
        },
    )


def _visit_words(inspection: Inspection, language: str) -> dict[str, str]:
    days = {"day": inspection.action.due_on, "first": inspection.window_first, "last": inspection.window_last}
    named = {name: format_day(day, language) for name, day in days.items()}
    engineer = inspection.engineer
    return named | {"engineer": str(engineer) if engineer else inspection.action.contract.project_manager}


def _visit_todo(row: PlannedAction, inspection: Inspection, run: RunContext) -> Todo:
    visit, engineer = inspection.action.due_on, inspection.engineer
    return make_todo(
        inspection,
        kind="inspection_due",
        due_on=visit,
        at=run.at,
        assignee=engineer,
        role="" if engineer else Role.SERVICE_MANAGER,
        cause=f"inspection_due:{inspection.pk}",
        params={"contract": row.contract.number, "day": kept(visit)},
    )


# --- the declarations -----------------------------------------------------------------------------------------------


def _numbered(act: Act) -> dict[str, str]:
    """The number of the visit, and how many days ahead."""
    number, _slash, days = act.step.partition("/")
    return {"n": number, "days": days}


INSPECTION: PlanKind[None, None] = PlanKind(
    ActionKind.INSPECTION.value,
    label=ActionKind.INSPECTION.label,
    icon="clipboard-check",
    sentence=lambda act: _("Inspection %(n)s of the term is held") % _numbered(act),
    rows=inspection_rows,
    by_people=True,
)
TERMINATION = PlanKind(
    ActionKind.TERMINATION.value,
    label=ActionKind.TERMINATION.label,
    icon="ban",
    sentence=lambda act: _("The contract ends: its term with it, and what is still planned is cancelled"),
    by_operation=True,
    gather=gather_terminations,
    decide=decide_termination,
    carry_out=end_contracts,
    ends_contract=True,
)
COVERAGE_END = PlanKind(
    ActionKind.COVERAGE_END.value,
    label=ActionKind.COVERAGE_END.label,
    icon="shield-x",
    sentence=lambda act: (
        _("The next term starts") if act.followed else _("Coverage lapses, unless a renewal is agreed")
    ),
    rows=coverage_end_rows,
    gather=gather_ends,
    decide=decide_end,
    carry_out=announce_coverage_end,
    writes_to_customer=True,
    after_term=True,
    again=True,
    told_late=True,
)
INSPECTION_MISSED = PlanKind(
    ActionKind.INSPECTION_MISSED.value,
    label=ActionKind.INSPECTION_MISSED.label,
    icon="alarm",
    sentence=lambda act: _("Alarm, if inspection %(n)s was not reported") % _numbered(act),
    rows=inspection_rows,
    gather=gather_missed,
    decide=decide_missed,
    carry_out=alarm_missed,
    after_term=True,
    again=True,
    minor=True,
)
INSPECTION_NOTICE = PlanKind(
    ActionKind.INSPECTION_NOTICE.value,
    label=ActionKind.INSPECTION_NOTICE.label,
    icon="bell",
    sentence=lambda act: _("Engineer and customer are told of inspection %(n)s, %(days)s days ahead") % _numbered(act),
    rows=inspection_rows,
    gather=gather_notices,
    decide=decide_notice,
    carry_out=give_notice,
    writes_to_customer=True,
    holdable=True,
    again=True,
    minor=True,
)
