"""What a story does beside the pages: the day is run, a ledger comes in, mail is handed over, a customer answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.module_loading import import_string

from base.chatter.operations import move
from base.company.queries import company
from base.mail.leaving import make_ready
from base.mail.models import MailStatus, OutgoingMail
from base.mail.occasions import words_of
from base.mail.queries import due
from base.mail.states import MAILS
from ops.stories import deeds
from ops.stories.acts import Act, Mistake, one_of
from ops.stories.pages import number_of, page_named, state_of
from ops.stories.visitor import WHOLE, Answer, Data
from service import watch
from warranty.models import LedgerImport
from warranty.planning.run import run_day

Result = Mapping[str, Any]
#: Mail is handed over by the act `mail`, never to a real server.
_OURS = frozenset({"base.mail.tasks.send_due_mail"})


def run_woken(tasks: Sequence[str]) -> None:
    """Do what a worker would have been woken for."""
    for task in dict.fromkeys(tasks):
        if task not in _OURS:
            work: Callable[[], object] = import_string(task)
            work()


def run_the_day(_stage: "deeds.Stage", act: Act) -> Result:
    """What the day brings by itself: alarms, the desk's day, and the run of the plan."""
    watch.ring(act.at)
    watch.pass_day(act.at)
    result = run_day(on=act.on, by=None, at=act.at)
    actions = {kind: dict(counts) for kind, counts in sorted(result.actions.items())}
    if result.failures:
        told = "; ".join(f"{each['contract']} {each['kind']}: {each['problem']}" for each in result.failures)
        return {"ok": False, "refused": {"day": told}, "actions": actions}
    return {"ok": True, "record": act.on.isoformat(), "state": "", "actions": actions}


def import_ledger(stage: "deeds.Stage", act: Act) -> Result:
    """The person uploads the ledger and starts the import; the worker loads it at once."""
    page = page_named("imports")
    made = deeds.do(stage, page, Act(do="create", at=act.at, by=act.by, values=act.values, name=_LEDGER))
    if not made["ok"]:
        return made
    run_woken([_JOBS])
    item = stage.names.seen_by(stage.user, page, _LEDGER)
    assert isinstance(item, LedgerImport)
    item.refresh_from_db()
    if item.problem:
        return {"ok": False, "refused": {"file": item.problem}}
    answer = stage.visitor.send(page.address("start", item.pk), Data({}))
    if answer.refused:
        return deeds.refusal(answer)
    run_woken([_JOBS])
    item.refresh_from_db()
    found = {name: _count(item.result.get(name, 0)) for name in _FIGURES}
    return {"ok": True, "record": item.name, "state": state_of(item), **found}


_LEDGER = "ledger"
_JOBS = "base.jobs.tasks.work_off_jobs"
_FIGURES = ("created", "updated", "unchanged", "conflicts", "rejected")


def _count(value: object) -> int:
    return len(value) if isinstance(value, list) else int(str(value))


def hand_over_mail(_stage: "deeds.Stage", act: Act) -> Result:
    """What would be handed to the mail server now. It counts as delivered from then on."""
    waiting = [] if company().mail_on_hold else list(due(act.at))
    found = [mail for mail in waiting if make_ready(mail, at=act.at)]
    for mail in found:
        move(mail, MAILS, "begin", by=None, at=act.at, values={"sending_since": act.at, "attempts": mail.attempts + 1})
        move(mail, MAILS, "delivered", by=None, at=act.at, values={"sent_at": act.at, "error": ""})
    mails = [
        {"to": mail.to_email, "reader": mail.to_name, "kind": mail.kind, "subject": mail.subject} for mail in found
    ]
    return {"ok": True, "record": "", "state": "", "mails": mails}


#: What a customer can answer, by the page of what the link leads to: the end of the address, and the name of the form.
ANSWERS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "quotes": {"accept": ("accept/", "accepting"), "decline": ("decline/", "declining")},
    "access": {"agree": ("agree/", "agreeing"), "refuse": ("refuse/", "refusing")},
    "manager-changes": {"agree": ("agree/", "agreeing"), "refuse": ("refuse/", "refusing")},
    "surveys": {"vote": ("vote/", "form")},
}
_LINK = re.compile(r"/[qcs]/[\w-]+/")


def answer_link(stage: "deeds.Stage", act: Act) -> Result:
    """The customer opens the link of the latest mail about the record, and answers on the page behind it."""
    page = page_named(act.page)
    answers = ANSWERS.get(page.slug)
    if answers is None:
        raise one_of("page", page.slug, sorted(ANSWERS), "page with a link for customers")
    values = dict(act.values)
    said = values.pop("answer", "")
    if said not in answers:
        raise one_of("answer", str(said), sorted(answers), "answer")
    if act.record is None or isinstance(act.record, list):
        raise Mistake("record", "The act lacks 'record'.")
    record = stage.names.among(page.model._default_manager.all(), act.record, "record", page)
    answer = _answered(stage, _link_of(record), *answers[said], values)
    if answer.refused:
        return deeds.refusal(answer)
    record.refresh_from_db()
    if act.name:
        stage.names.give(act.name, record)
    return {"ok": True, "record": number_of(record), "state": state_of(record)}


def _answered(stage: "deeds.Stage", address: str, ending: str, form_name: str, values: Mapping[str, object]) -> Answer:
    """What came of the form behind the link; the page of what was decided or is over has none."""
    opened = stage.visitor.ask(address)
    form = opened.context.get(form_name)
    if opened.refused:
        return opened
    if form is None:
        return Answer(refused={WHOLE: "This can no longer be answered."})
    answer = stage.visitor.send(address + ending, stage.filler.fill(form, values))
    if not answer.refused and answer.target is None:
        return Answer(refused={WHOLE: "This can no longer be answered."})
    return answer


def _link_of(record: models.Model) -> str:
    """The address in the newest mail about the record that has one."""
    kind = ContentType.objects.get_for_model(record)
    mails = OutgoingMail.objects.filter(target_type=kind, target_id=record.pk).exclude(status=MailStatus.CANCELLED)
    for mail in mails.order_by("-queued_at", "-pk"):
        found = _LINK.search(words_of(mail))
        if found:
            return found[0]
    raise Mistake("record", f"No mail with a link about {number_of(record)} was written.")
