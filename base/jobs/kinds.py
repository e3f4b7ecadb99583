"""What can be a job: each kind is declared once, by the app that owns it (docs/howto/job.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from base.accounts.models import User
from base.jobs import labels
from base.jobs.models import Job
from base.jobs.run import JobRun, Outcome

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _fine(job: Job, by: User) -> str:
    return ""


def _nothing(job: Job) -> None:
    return None


@dataclass(frozen=True)
class JobKind:
    """One declaration of something that takes longer than a second.

    `carry_out(run)` does it, calling `run.step()` as it goes on. It returns an `Outcome`; or it calls `run.finish()`
    itself, inside the transaction of what it changes, and returns None: result and effect are then committed together.
    """

    name: str
    label: "StrOrPromise"
    #: Asked when the job is asked for, when it begins, and when its file is fetched; a function where it follows from
    #: the parameters.
    action: str | Callable[[Mapping[str, Any]], str]
    carry_out: Callable[[JobRun], Outcome | None]
    #: Whether it may simply begin again after its process was killed: nothing stays of what it had not finished.
    repeatable: bool
    #: `refuses(job, by)`: why the file is no longer handed to this person, in words; empty where it is.
    refuses: Callable[[Job, User], str] = _fine
    #: `gave_up(job)`: what else is written when it fails or is stopped, in the same transaction.
    gave_up: Callable[[Job], None] = _nothing

    def needs(self, parameters: Mapping[str, Any]) -> str:
        """The right that a job with these parameters takes."""
        return self.action if isinstance(self.action, str) else self.action(parameters)


_KINDS: dict[str, JobKind] = {}


def register(*kinds: JobKind) -> None:
    """Make kinds known, from an app's `ready`. ValueError for a name that is taken by another."""
    for kind in kinds:
        if _KINDS.get(kind.name, kind) != kind:
            raise ValueError(f"two kinds of job are called {kind.name}")
        _KINDS[kind.name] = kind
        labels.say(kind.name, kind.label)


def kinds() -> list[JobKind]:
    """All of them, in the order in which they were made known."""
    return list(_KINDS.values())


def find_kind(name: str) -> JobKind | None:
    """The kind of that name; None for one that this version does not know."""
    return _KINDS.get(name)
