"""The moves of quotes: from where, to where, and who may."""

from renewals.states import QUOTE
from tests.tables import lines


def test_moves_of_a_quote():
    assert lines(QUOTE) == [
        "sent: draft > sent (quotes.send)",
        "quote_accepted: sent > accepted (quotes.decide)",
        "declined: sent > declined (quotes.decide)",
        "expired: sent > expired (quotes.send)",
        "superseded: sent > superseded (quotes.send)",
        "cancelled: draft sent > cancelled (quotes.edit)",
        "acceptance_withdrawn: accepted > sent (quotes.decide)",
    ]
