"""A bulk move over many rows as a job, each row in its own transaction or all of them in one; and a single move that is
about much (docs/rules.md 7.7)."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from base.accounts.access import NOBODY
from base.jobs import kinds
from base.jobs.keys import pack_keys, unpack_keys
from base.jobs.kinds import JobKind
from base.jobs.models import Job
from base.jobs.operations import ask_job
from base.jobs.queries import parts
from base.jobs.run import JobRun, Outcome
from base.lib.errors import Refused
from base.ui import registry
from base.ui.forms import MoveForm
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.page import PAGES, AnyPage
from base.ui.parts import BulkMove, Move
from base.ui.record import open_move

KIND, ONE = "bulk_move", "move"
#: Reasons told one by one after a bulk move; the rest is a number.
TOLD = 5
#: So many of the records are shown to the form, which may ask which of them stays.
_LOOKED_AT = 1000
#: Parts of a post that are no input of the move's form.
_NOT_INPUTS = ("csrfmiddlewaretoken", "id", "all", "query", "asked", "confirmed", "version")


def ask_bulk(listing: Listing, move: BulkMove, keys: Sequence[int], data: QueryDict) -> Job:
    """Have the move made with the records of these keys, as answered in `data`."""
    page, look = listing.page, listing.look
    parameters = {
        "page": page.slug,
        "move": move.name,
        "keys": b64encode(pack_keys(keys)).decode(),
        "data": _inputs(data),
        "query": listing.query,
    }
    rows = ngettext("%(n)s row", "%(n)s rows", len(keys)) % {"n": len(keys)}
    subject = f"{page.heading()} · {move.label} · {rows}"
    return ask_job(kind=KIND, subject=subject, parameters=parameters, by=look.user, at=look.now)


def _inputs(data: QueryDict) -> str:
    """What was typed into the form, as a query string."""
    inputs = data.copy()
    for name in _NOT_INPUTS:
        inputs.pop(name, None)
    return inputs.urlencode()


def find_move(page: type[AnyPage], name: str) -> BulkMove | None:
    """The bulk move of that name, of the page or of an upper floor."""
    return next((each for each in page.all_bulk() if each.name == name), None)


def _action(parameters: Mapping[str, Any]) -> str:
    page = PAGES.get(parameters["page"])
    move = find_move(page, parameters["move"]) if page is not None else None
    return move.action if move is not None else NOBODY


def _carry_out(run: JobRun) -> Outcome | None:
    assert run.by is not None
    page = PAGES[run.parameters["page"]]
    move = find_move(page, run.parameters["move"])
    assert move is not None
    look = Look(user=run.by, today=run.on, now=run.at, language=run.job.language)
    keys = unpack_keys(b64decode(run.parameters["keys"]))
    data = _answers(move, page, keys, QueryDict(run.parameters["data"]), look)
    query = run.parameters["query"]
    back = f"{page.address()}?{query}" if query else page.address()
    if move.together:
        _together(run, page, move, keys, data, look, back)
        return None
    return _each(run, page, move, keys, data, back)


def _answers(
    move: BulkMove, page: type[AnyPage], keys: Sequence[int], typed: QueryDict, look: Look
) -> Mapping[str, Any]:
    """What the form says, checked again: what it names may be gone by now."""
    if move.form is None:
        return {}
    return _checked(move.form(typed, None, record=_records(page, look, keys[:_LOOKED_AT]), look=look))


def _checked(form: MoveForm) -> Mapping[str, Any]:
    if not form.is_valid():
        raise Refused("; ".join(str(reason) for reasons in form.errors.values() for reason in reasons))
    return form.cleaned_data


def _records(page: type[AnyPage], look: Look, keys: Sequence[int]) -> list[Model]:
    """Those of the records that this person still sees."""
    rows = page.all_rows(look.user)
    found = {each.pk: each for part in parts(keys) for each in rows.filter(pk__in=part)}
    return [found[key] for key in keys if key in found]


def _together(
    run: JobRun,
    page: type[AnyPage],
    move: BulkMove,
    keys: Sequence[int],
    data: Mapping[str, Any],
    look: Look,
    back: str,
) -> None:
    """All rows as one, committed together with the end of the job."""
    run.step(0, len(keys))
    records = _records(page, look, keys)
    with transaction.atomic():
        made = move.run(records, data, by=run.by, at=run.at, on=run.on)
        url = registry.address(made, look) if isinstance(made, Model) else ""
        run.finish(Outcome(_("Done: %(what)s.") % {"what": move.label}, url=url or back))


def _each(
    run: JobRun, page: type[AnyPage], move: BulkMove, keys: Sequence[int], data: Mapping[str, Any], back: str
) -> Outcome:
    """Each row by itself, committed together with how far it is: after a kill it goes on with the next."""
    assert run.by is not None
    kept = {"next": 0, "done": 0, "refused": 0, "reasons": [], **run.job.outcome}
    for part in parts(keys[kept["next"] :], 200):
        found = {each.pk: each for each in page.all_rows(run.by).filter(pk__in=part)}
        for key in part:
            kept["next"] += 1
            try:
                with transaction.atomic():
                    if key not in found:
                        raise Refused(_("One of the rows is no longer there, or no longer yours."))
                    move.run(found[key], data, by=run.by, at=run.at, on=run.on)
                    run.keep({**kept, "done": kept["done"] + 1})
                kept["done"] += 1
            except Refused as refusal:
                kept["refused"] += 1
                kept["reasons"] = [*kept["reasons"], f"{found.get(key, key)}: {refusal.message}"][:TOLD]
                run.keep(kept)
            run.step(kept["next"], len(keys))
    return Outcome(_sentence(move, kept), url=back, data=kept)


def _sentence(move: BulkMove, kept: Mapping[str, Any]) -> str:
    done = ngettext("%(what)s: %(n)s row.", "%(what)s: %(n)s rows.", kept["done"])
    told = done % {"what": move.label, "n": kept["done"]}
    if kept["refused"]:
        refused = ngettext("%(n)s was refused.", "%(n)s were refused.", kept["refused"])
        told = f"{told} {refused % {'n': kept['refused']}}"
    return told


def ask_move(page: type[AnyPage], record: Model, move: Move, typed: QueryDict, seen: int | None, look: Look) -> Job:
    """Have one move made with one record that it takes long for."""
    parameters = {"page": page.slug, "move": move.name, "key": record.pk, "data": _inputs(typed), "seen": seen}
    subject = f"{record} · {move.label}"
    return ask_job(kind=ONE, subject=subject, parameters=parameters, by=look.user, at=look.now)


def _action_of_one(parameters: Mapping[str, Any]) -> str:
    page = PAGES.get(parameters["page"])
    moves = page.all_moves() if page is not None else ()
    return next((each.action for each in moves if each.name == parameters["move"]), NOBODY)


def _carry_out_one(run: JobRun) -> None:
    """Through the same door as on the sheet, and committed together with the end of the job."""
    assert run.by is not None
    page, given = PAGES[run.parameters["page"]], run.parameters
    look = Look(user=run.by, today=run.on, now=run.at, language=run.job.language)
    record = page.all_rows(run.by).filter(pk=given["key"]).first()
    if record is None:
        raise Refused(_("One of the rows is no longer there, or no longer yours."))
    move = open_move(page, record, look, given["move"])
    data = _checked(move.form(QueryDict(given["data"]), None, record=record, look=look)) if move.form else {}
    run.step()
    with transaction.atomic():
        made = move.run(record, data, by=run.by, at=run.at, on=run.on, seen=given["seen"])
        url = registry.address(made if isinstance(made, Model) else record, look)
        run.finish(Outcome(str(move.done or _("Done: %(what)s.") % {"what": move.label}), url=url))


BULK = JobKind(KIND, gettext_lazy("Many rows at once"), _action, _carry_out, repeatable=True)
MOVE = JobKind(ONE, gettext_lazy("A change of much"), _action_of_one, _carry_out_one, repeatable=True)


def register() -> None:
    """Make bulk moves over many rows, and moves that take long, known as jobs."""
    kinds.register(BULK, MOVE)
