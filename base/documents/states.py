"""How a mail goes from being written to having left, or not (DESIGN 2.7)."""

from base.lib.states import Move, StateTable

#: Nobody has this right: only the product itself makes these moves.
_BY_ITSELF = "mails.deliver"

MAILS = StateTable(
    [
        Move("begin", frozenset({"queued"}), "sending", _BY_ITSELF),
        # Also from uncertain: a slow talk that another worker had given up may still end well.
        Move("delivered", frozenset({"sending", "uncertain"}), "sent", _BY_ITSELF),
        Move("put_back", frozenset({"sending"}), "queued", _BY_ITSELF),
        Move("refused", frozenset({"queued", "sending"}), "refused", _BY_ITSELF),
        Move("lost", frozenset({"sending"}), "uncertain", _BY_ITSELF),
        Move("cancel", frozenset({"queued"}), "cancelled", "mails.edit"),
        Move("confirm", frozenset({"uncertain"}), "sent", "mails.edit"),
        Move("give_up", frozenset({"uncertain"}), "refused", "mails.edit"),
    ]
)
