"""Which moves a renewal quote allows (docs/rules.md 7.1)."""

from base.lib.states import Move, StateTable
from renewals.enums import QuoteStatus as Q

QUOTE = StateTable(
    [
        Move("sent", frozenset({Q.DRAFT}), Q.SENT, "quotes.send"),
        Move("quote_accepted", frozenset({Q.SENT}), Q.ACCEPTED, "quotes.decide"),
        Move("declined", frozenset({Q.SENT}), Q.DECLINED, "quotes.decide"),
        Move("expired", frozenset({Q.SENT}), Q.EXPIRED, "quotes.send"),
        Move("superseded", frozenset({Q.SENT}), Q.SUPERSEDED, "quotes.send"),
        Move("cancelled", frozenset({Q.DRAFT, Q.SENT}), Q.CANCELLED, "quotes.edit"),
        Move("acceptance_withdrawn", frozenset({Q.ACCEPTED}), Q.SENT, "quotes.decide"),
    ]
)
