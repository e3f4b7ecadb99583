"""How a job goes from being asked for to having ended (docs/rules.md 7.7)."""

from base.accounts.access import ANYONE, NOBODY
from base.lib.states import Move, StateTable

JOBS = StateTable(
    [
        Move("begin", frozenset({"waiting"}), "running", NOBODY),
        # Whoever carried it out is gone, and what it did was undone with it.
        Move("put_back", frozenset({"running"}), "waiting", NOBODY),
        Move("finish", frozenset({"running"}), "done", NOBODY),
        Move("fail", frozenset({"waiting", "running"}), "failed", NOBODY),
        # By the person who asked for it; of one that runs, by the worker, as soon as it looks.
        Move("stop", frozenset({"waiting", "running"}), "stopped", ANYONE),
    ]
)
