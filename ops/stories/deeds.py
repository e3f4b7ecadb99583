"""What a person does on a page: make, edit, move, move many, look, and what is added inside a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from base.accounts.models import User
from base.ui.page import PAGES
from ops.stories.acts import Act, Mistake, RecordName, one_of
from ops.stories.filling import Filler
from ops.stories.pages import Names, Page, number_of, state_of
from ops.stories.parts import Part, parts_of
from ops.stories.visitor import Answer, Data, Visitor

Result = Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    """Who acts, and what the story knows."""

    visitor: Visitor
    names: Names
    filler: Filler

    @property
    def user(self) -> User:
        assert isinstance(self.visitor.user, User)
        return self.visitor.user


def do(stage: Stage, page: Page, act: Act) -> Result:
    """Do the act on its page. Raises `Mistake` where the page has nothing of that name."""
    moves = {each.name for each in page.all_moves()}
    bulk = {each.name for each in page.all_bulk()}
    parts = {each.name: each for each in parts_of(page)}
    many = isinstance(act.record, list)
    if act.do == "create":
        return _create(stage, page, act)
    if act.do in bulk and (many or act.do not in moves):
        return _bulk(stage, page, act)
    if many:
        raise Mistake("record", "Only a bulk move takes several records.")
    record = stage.names.seen_by(stage.user, page, act.record)  # type: ignore[arg-type]
    if act.do == "look":
        return after(stage, act, stage.visitor.ask(page.address("sheet", record.pk)), record)
    if act.do == "edit":
        return _edit(stage, page, act, record)
    if act.do in moves:
        return _filled(stage, act, page.address("move", record.pk, act.do), record)
    if act.do in parts:
        return _part(stage, act, record, parts[act.do])
    raise one_of("do", act.do, ["create", "edit", "look", *sorted({*moves, *bulk, *parts})], "act")


def _create(stage: Stage, page: Page, act: Act) -> Result:
    if not page.form or not page.actions.create:
        raise Mistake("do", f"Nobody makes a record on the page {page.slug} by hand.")
    return _filled(stage, act, page.address("create"), None)


def _edit(stage: Stage, page: Page, act: Act, record: models.Model) -> Result:
    if not page.form or not page.actions.edit:
        raise Mistake("do", f"Nobody edits a record of the page {page.slug}.")
    return _filled(stage, act, page.address("edit", record.pk), record)


def _filled(stage: Stage, act: Act, address: str, record: models.Model | None) -> Result:
    """Ask for the form, fill it in, send it, and agree to what it shows before it is done."""
    asked = stage.visitor.ask(address)
    if asked.refused:
        return refusal(asked)
    data = with_version(stage.filler.fill(asked.form, act.values), asked, act, record)
    answer = stage.visitor.send(address, data)
    if not answer.refused and answer.target is None and answer.context.get("preview"):
        answer = stage.visitor.send(address, replace(data, inputs={**data.inputs, "confirmed": ["1"]}))
    return after(stage, act, answer, record)


def with_version(data: Data, asked: Answer, act: Act, record: models.Model | None) -> Data:
    """With the version that was looked at, as the page itself sends it."""
    shown = asked.context.get("record", record)
    version = asked.context.get("version", getattr(shown, "version", None))
    seen = act.seen if act.seen is not None else version
    inputs = {**data.inputs, "asked": ["1"]}
    return replace(data, inputs=inputs if seen is None else {**inputs, "version": [str(seen)]})


def _bulk(stage: Stage, page: Page, act: Act) -> Result:
    named: list[RecordName] = act.record if isinstance(act.record, list) else [act.record] if act.record else []
    chosen = [stage.names.seen_by(stage.user, page, each) for each in named]
    address = page.address("bulk", act.do)
    ids = {"id": [str(each.pk) for each in chosen]}
    answer = stage.visitor.send(address, Data(ids))
    if answer.refused:
        return refusal(answer)
    if answer.target is None:
        data = stage.filler.fill(answer.form, act.values)
        answer = stage.visitor.send(address, Data({**data.inputs, **ids, "asked": ["1"]}, data.files))
    elif act.values:
        raise one_of(next(iter(act.values)), next(iter(act.values)), [], "field")
    return after(stage, act, answer, chosen[0] if len(chosen) == 1 else None)


def _part(stage: Stage, act: Act, record: models.Model, part: Part) -> Result:
    """Add or change one row inside the sheet; a new one is what `as` names."""
    row = _row(stage, act, record, part)
    address = part.address(record.pk, row.pk if row else None)
    before = set(part.rows(record).values_list("pk", flat=True)) if part.rows else set()
    form: Any = None
    asked = Answer()
    if part.is_asked_for:
        asked = stage.visitor.ask(address)
        if asked.refused:
            return refusal(asked)
        form = asked.form
    else:
        form = part.form()
    if part.fill:
        data = part.fill(asked.context, act.values)
    elif act.values == {"remove": True}:
        data = Data({"remove": ["1"]})
    else:
        data = with_version(stage.filler.fill(form, act.values), asked, act, row)
    sent_to = part.sent_to(record.pk, asked.context, act.values) if part.sent_to else address
    answer = stage.visitor.send(sent_to, data, inside=part.is_inside)
    if answer.refused:
        return refusal(answer)
    made = part.rows(record).exclude(pk__in=before).first() if part.rows else None
    if act.name:
        stage.names.give(act.name, made or row or record)
    return {"ok": True, "record": number_of(record), "state": state_of(type(record)._default_manager.get(pk=record.pk))}


def _row(stage: Stage, act: Act, record: models.Model, part: Part) -> models.Model | None:
    if act.part is None:
        return None
    if part.rows is None:
        raise Mistake("part", f"{part.name!r} has no rows that could be changed.")
    return stage.names.among(part.rows(record), act.part, "part")


def after(stage: Stage, act: Act, answer: Answer, record: models.Model | None) -> Result:
    """The line of an act: where it led to, and how the record stands now."""
    if answer.refused:
        return refusal(answer)
    found = _led_to(answer) or record
    if found is not None:
        found = type(found)._default_manager.filter(pk=found.pk).first()
    if found is not None and act.name:
        stage.names.give(act.name, found)
    said = {"said": list(answer.said)} if answer.said else {}
    return {
        "ok": True,
        "record": number_of(found) if found is not None else "",
        "state": state_of(found) if found is not None else "",
        **said,
    }


def _led_to(answer: Answer) -> models.Model | None:
    """The record whose sheet the answer leads to."""
    target = answer.target
    if target is None or target.url_name != "sheet" or not target.namespaces:
        return None
    page = PAGES[target.namespaces[0]]
    found: models.Model | None = page.model._default_manager.filter(pk=target.kwargs["pk"]).first()
    return found


def refusal(answer: Answer) -> Result:
    return {"ok": False, "refused": dict(answer.refused)}
