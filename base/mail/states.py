"""How a mail goes from being written to having left, or not (docs/rules.md 7.4)."""

from base.accounts.access import NOBODY
from base.lib.states import Move, StateTable

MAILS = StateTable(
    [
        Move("begin", frozenset({"queued"}), "sending", NOBODY),
        # Also from uncertain: a slow talk that another worker had given up may still end well.
        Move("delivered", frozenset({"sending", "uncertain"}), "sent", NOBODY),
        Move("put_back", frozenset({"sending"}), "queued", NOBODY),
        Move("refused", frozenset({"queued", "sending"}), "refused", NOBODY),
        Move("lost", frozenset({"sending"}), "uncertain", NOBODY),
        Move("cancel", frozenset({"queued"}), "cancelled", "mails.edit"),
        Move("confirm", frozenset({"uncertain"}), "sent", "mails.edit"),
        Move("give_up", frozenset({"uncertain"}), "refused", "mails.edit"),
    ]
)
#: The states of a mail of which nobody can say that it stayed here.
LEFT = frozenset({"sending", "sent", "uncertain"})
