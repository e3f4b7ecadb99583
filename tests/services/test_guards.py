"""The exclusion constraint that keeps terms apart: the same tests as on SQLite."""

from tests.warranty.test_guards import *  # noqa: F403
