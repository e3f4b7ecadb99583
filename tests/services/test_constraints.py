"""The cap as PostgreSQL enforces it: the same tests as on SQLite."""

from tests.contracts.test_constraints import *  # noqa: F403
