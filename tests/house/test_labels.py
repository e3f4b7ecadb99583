"""What happens to a record is said in words: a person never meets the code of a move."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from base.chatter.labels import event_verbs
from base.jobs.states import JOBS
from base.lib.states import StateTable
from warranty.states import IMPORT, PLAN

#: Rows of these are a queue: what became of each stands on the row itself.
QUEUES = (IMPORT, JOBS, PLAN)
#: What money does to an invoice is told by the payment or the credit.
TOLD_BY_MONEY = {"part_paid", "fully_paid", "payment_taken_back", "wholly_credited"}


def state_tables() -> list[StateTable]:
    """All of them, in the `states` modules of the apps."""
    modules = [f"{config.name}.states" for config in apps.get_app_configs()]
    found = [import_module(name) for name in modules if find_spec(name.rpartition(".")[0]) and find_spec(name)]
    return [table for module in found for table in vars(module).values() if isinstance(table, StateTable)]


def test_each_move_of_a_status_has_words_for_its_event():
    tables = [table for table in state_tables() if table not in QUEUES]
    assert len(tables) > 5
    moves = {move.name for table in tables for move in table.moves}
    assert moves - set(event_verbs()) == TOLD_BY_MONEY
