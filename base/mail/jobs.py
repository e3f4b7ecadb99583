"""What of mail takes longer than a second: letting go one by one of very many that wait."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from base.accounts.models import User
from base.jobs import kinds
from base.jobs.kinds import JobKind
from base.jobs.models import Job
from base.jobs.operations import ask_job
from base.jobs.run import JobRun, Outcome
from base.mail.release import Released, Seen, check_release, lift_hold, newest, release_pieces, unpacked

#: So many are let go while the person waits; more by a job.
AT_ONCE = 2000
#: More rows than any queue holds: a form that names more is none of ours.
MOST = 1_000_000


def ask_release(*, shown: Mapping[int, Seen], ticked: set[int], others: str, by: User | None, at: datetime) -> Job:
    """Have what was ticked let go. What is written after this moment is not touched."""
    parameters = {
        "shown": [[key, *seen] for key, seen in shown.items()],
        "ticked": sorted(ticked),
        "others": others,
        "until": newest(),
    }
    return ask_job(kind=RELEASE.name, parameters=parameters, by=by, at=at)


def chosen(shown: Mapping[int, Seen], ticked: set[int], others: str) -> dict[int, Seen]:
    """What leaves, as it was seen. A row of the page that is not ticked stays, whatever else is chosen."""
    found = {key: seen for key, seen in shown.items() if key in ticked}
    more = unpacked(others, limit=MOST)
    return found | {key: Seen(version) for key, version in more.items() if key not in shown}


def _release(run: JobRun) -> None:
    """Piece by piece, each with a mark of how far it got; the hold is lifted together with the end of the job."""
    given = run.parameters
    by: User | None = run.by
    shown = {key: Seen(version, face) for key, version, face in given["shown"]}
    seen = chosen(shown, set(given["ticked"]), given["others"])
    check_release(by)
    kept = run.job.outcome
    done = Released(*kept.get("done", (0, 0, 0)))
    for piece in release_pieces(
        seen=seen, by=by, at=run.at, after=kept.get("after", 0), until=given["until"], note=run.keep, done=done
    ):
        done = piece.done
        run.step(piece.looked_at, piece.total)
    with transaction.atomic():
        lift_hold(by=by, at=run.at)
        run.finish(Outcome(" ".join(sentences(done)), url=reverse("mail_release")))


def sentences(done: Released) -> list[str]:
    """What became of the mails: those that leave, and where there are some, those that changed and those that stay."""
    said = [
        ngettext(
            "%(n)s mail leaves, and new mail by itself.", "%(n)s mails leave, and new mail by itself.", done.leaving
        )
        % {"n": done.leaving}
    ]
    if done.changed:
        told = ngettext(
            "%(n)s ticked mail stays: it changed since you looked. Look at it again.",
            "%(n)s ticked mails stay: they changed since you looked. Look at them again.",
            done.changed,
        )
        said.append(told % {"n": done.changed})
    if rest := done.staying - done.changed:
        said.append(ngettext("%(n)s mail stays on hold.", "%(n)s mails stay on hold.", rest) % {"n": rest})
    return said


RELEASE = JobKind("release_mails", gettext_lazy("Release of mail"), "mails.release", _release, repeatable=True)


def register() -> None:
    """Make it known."""
    kinds.register(RELEASE)
