"""How a change that a second person must agree to goes on (docs/rules.md 8.1)."""

from base.lib.states import Move, StateTable

CHANGE = StateTable(
    [
        Move("change_granted", frozenset({"waiting"}), "granted", "changes.confirm"),
        Move("change_refused", frozenset({"waiting"}), "refused", "changes.confirm"),
        Move("change_withdrawn", frozenset({"waiting"}), "withdrawn", "changes.view"),
        Move("change_confirmed", frozenset({"unconfirmed"}), "granted", "changes.confirm"),
        Move("change_undone", frozenset({"unconfirmed"}), "refused", "changes.confirm"),
        Move("change_used", frozenset({"granted"}), "used", "users.edit"),
    ]
)
