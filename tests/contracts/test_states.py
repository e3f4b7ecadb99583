"""The moves of a contract: from where, to where, and who may."""

from contracts.states import CONTRACT
from tests.tables import lines


def test_moves_of_a_contract():
    assert lines(CONTRACT) == [
        "activated: draft > active (contracts.edit)",
        "terminated: active > terminated (contracts.terminate)",
        "reactivated: terminated > active (contracts.reactivate)",
    ]
