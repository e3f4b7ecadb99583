"""Which moves a job allows."""

from base.jobs.models import JobStatus
from base.jobs.states import JOBS


def test_what_has_ended_stays_as_it_is():
    assert {status: [move.name for move in JOBS.allowed(status)] for status in JobStatus.values} == {
        "waiting": ["begin", "fail", "stop"],
        "running": ["put_back", "finish", "fail", "stop"],
        "done": [],
        "failed": [],
        "stopped": [],
    }
