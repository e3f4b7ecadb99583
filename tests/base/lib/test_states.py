import pytest

from base.lib.errors import Refused
from base.lib.states import Move, StateTable

SEND = Move("send", frozenset({"draft"}), "sent", "quotes.send")
CANCEL = Move("cancel", frozenset({"draft", "sent"}), "cancelled", "quotes.cancel")
TABLE = StateTable([SEND, CANCEL])


def test_move():
    assert TABLE.move("send") is SEND
    with pytest.raises(KeyError):
        TABLE.move("accept")


@pytest.mark.parametrize(
    ("status", "moves"), [("draft", [SEND, CANCEL]), ("sent", [CANCEL]), ("cancelled", []), ("unknown", [])]
)
def test_allowed(status, moves):
    assert TABLE.allowed(status) == moves


def test_a_table_is_made_of_any_number_of_moves_of_different_names():
    assert StateTable(iter([SEND, CANCEL])).moves == (SEND, CANCEL)
    assert StateTable([]).moves == ()


def test_check_gives_the_move():
    assert TABLE.check("cancel", "sent") is CANCEL


def test_check_refuses_a_move_that_is_not_open():
    with pytest.raises(Refused, match="send is not possible while sent") as refusal:
        TABLE.check("send", "sent")
    assert refusal.value.code == "wrong_state"


def test_check_tells_it_in_the_callers_words():
    with pytest.raises(Refused, match="已发送"):
        TABLE.check("send", "sent", message="已发送")


def test_check_does_not_hide_a_wrong_name():
    with pytest.raises(KeyError):
        TABLE.check("accept", "sent")


def test_two_moves_of_one_name_are_refused():
    with pytest.raises(ValueError, match="same name"):
        StateTable([SEND, Move("send", frozenset({"sent"}), "draft", "quotes.send")])
