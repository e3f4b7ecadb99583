"""Kinds of job that exist only for the tests."""

import io

import pytest

from base.accounts.access import ANYONE
from base.jobs import kinds, labels
from base.jobs.kinds import JobKind
from base.jobs.run import Outcome
from base.lib.errors import Refused


class Acts:
    """What a job of the tests does, and what it did."""

    def __init__(self):
        self.done, self.gave_up, self.hidden = [], [], ""
        self.act = lambda run: Outcome("written", file=io.BytesIO(b"three"), file_name="list.csv", keys=[3, 1, 2])

    def carry_out(self, run):
        self.done.append(run.job.pk)
        return self.act(run)

    def refuse(self, why):
        def act(run):
            raise Refused(why)

        self.act = act

    def break_off(self, problem):
        def act(run):
            raise problem

        self.act = act


@pytest.fixture
def acts(monkeypatch):
    """`copy` may begin again, `once` may not; `mend` takes a right that only an administrator has."""
    found = Acts()
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    monkeypatch.setattr(labels, "_LABELS", dict(labels._LABELS))
    told = {"refuses": lambda job, by: found.hidden, "gave_up": lambda job: found.gave_up.append(job.status)}
    kinds.register(
        JobKind("copy", "Copy", ANYONE, found.carry_out, repeatable=True, **told),
        JobKind("once", "Once", ANYONE, found.carry_out, repeatable=False, **told),
        JobKind("mend", "Mend", "company.edit", found.carry_out, repeatable=True, **told),
    )
    return found
