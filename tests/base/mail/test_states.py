"""How a mail leaves, move by move: from where, to where, and who may."""

from base.mail.states import MAILS
from tests.tables import lines


def test_how_a_mail_leaves():
    assert lines(MAILS) == [
        "begin: queued > sending (nobody)",
        "delivered: sending uncertain > sent (nobody)",
        "put_back: sending > queued (nobody)",
        "refused: queued sending > refused (nobody)",
        "lost: sending > uncertain (nobody)",
        "cancel: queued > cancelled (mails.edit)",
        "confirm: uncertain > sent (mails.edit)",
        "give_up: uncertain > refused (mails.edit)",
    ]
