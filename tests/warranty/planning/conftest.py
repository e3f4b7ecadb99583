"""A plan to run, made once for the tests that share it."""

from dataclasses import replace

import pytest

from tests.warranty.planning.scenario import build
from warranty.planning import kinds


@pytest.fixture(scope="module")
def life(module_db) -> None:
    """Contracts in all walks of life, up to a month before the scenario's day."""
    build()


@pytest.fixture
def carried_out_by(monkeypatch):
    """Lets a test carry out a kind by a function of its own: of the rows it falls to, and the run."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))

    def replace_effect(name, effect):
        def carry_out(cases, run):
            effect([case.row for case in cases], run)

        kinds._kinds[name] = replace(kinds._kinds[name], carry_out=carry_out)

    return replace_effect
