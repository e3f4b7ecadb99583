"""Papers in bulk: those of many records in one archive, made by a job."""

import tempfile
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import count
from pathlib import PurePath
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from base.accounts.access import NOBODY
from base.accounts.models import User
from base.documents.models import Document
from base.documents.pages import papers_of
from base.jobs import kinds
from base.jobs.keys import pack_keys, unpack_keys
from base.jobs.kinds import JobKind
from base.jobs.models import Job
from base.jobs.operations import ask_job
from base.jobs.queries import parts
from base.jobs.run import JobRun, Outcome
from base.lib.errors import Refused
from base.ui.jobs import refuses_rows
from base.ui.page import PAGES
from base.ui.parts import BulkMove

KIND = "papers"
#: Records that are read at a time: each paper takes about a second.
_AT_ONCE = 100


def papers_move(slug: str, action: str) -> BulkMove:
    """The bulk move of a page that takes the papers of the chosen records away; `action` opens the page itself."""

    def run(records: Sequence[Model], data: Mapping[str, Any], *, by: User, at: datetime, on: date) -> Job:
        page = PAGES[slug]
        having = [each.pk for each in records if papers_of(each)]
        if not having:
            raise Refused(_("None of these has a paper."))
        subject = ngettext("%(what)s: %(n)s record", "%(what)s: %(n)s records", len(having))
        parameters = {"page": slug, "keys": b64encode(pack_keys(having)).decode()}
        told = subject % {"what": page.heading(), "n": len(having)}
        return ask_job(kind=KIND, subject=told, parameters=parameters, by=by, at=at)

    return BulkMove("papers", gettext_lazy("Papers as one archive"), action, run, icon="file-zip", together=True)


def _action(parameters: Mapping[str, Any]) -> str:
    page = PAGES.get(parameters["page"])
    return page.actions.view if page is not None else NOBODY


def _carry_out(run: JobRun) -> Outcome:
    """The first paper of each record: as it left the house, else one made now, which carries the draft mark."""
    assert run.by is not None
    page, keys = PAGES[run.parameters["page"]], unpack_keys(b64decode(run.parameters["keys"]))
    target = tempfile.TemporaryFile()  # noqa: SIM115 (it is closed once it is stored)
    taken: set[str] = set()
    done: list[int] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for part in parts(keys, _AT_ONCE):
            for record in page.rows(run.by).filter(pk__in=part):
                run.step(len(done), len(keys))
                if paper := _paper(record):
                    archive.writestr(_free(paper[0], taken), paper[1])
                    done.append(record.pk)
    papers = ngettext("%(n)s paper.", "%(n)s papers.", len(done)) % {"n": len(done)}
    name = _("%(what)s, papers %(day)s.zip") % {"what": page.heading(), "day": run.on.isoformat()}
    return Outcome(papers, file=target, file_name=name, keys=done)


def _paper(record: Model) -> tuple[str, bytes] | None:
    """Name and bytes."""
    for paper in papers_of(record)[:1]:
        key = paper.key(record)
        if key and (document := Document.objects.filter(key=key).first()):
            with document.file.open("rb") as stored:
                return document.name, stored.read()
        _key, name, data, _target = paper.render(record.pk)
        return name, data
    return None


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number where another paper has it."""
    path = PurePath(name.replace("/", "_"))
    names = (path.name if n == 1 else f"{path.stem} ({n}){path.suffix}" for n in count(1))
    found = next(each for each in names if each not in taken)
    taken.add(found)
    return found


PAPERS = JobKind(
    KIND, gettext_lazy("Papers as one archive"), _action, _carry_out, repeatable=True, refuses=refuses_rows
)


def register() -> None:
    """Make papers in bulk known as a job."""
    kinds.register(PAPERS)
