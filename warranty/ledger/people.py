"""Who is meant by the names of account managers in a ledger (docs/ledger.md 6)."""

from collections.abc import Iterable, Mapping

from base.accounts.models import Role, User
from base.lib.text import compact
from contracts.ledger.rows import Finding, LedgerRow, Problem

#: The choice that a name is kept as it is: the contract stands on the list of unassigned ones.
NOBODY = 0


def name_key(name: str) -> str:
    """By which people's names are compared: without blanks inside, full width and case."""
    return compact(name).casefold()


def by_name() -> dict[str, list[User]]:
    """The account managers that can be meant, by the key of their name."""
    found: dict[str, list[User]] = {}
    for user in User.objects.filter(role=Role.MANAGER, is_active=True).order_by("pk"):
        found.setdefault(name_key(user.display_name), []).append(user)
    return found


def managers_of(chosen: Mapping[str, int]) -> dict[str, User]:
    """The account manager of each name: as a person chose, else the only one of that name."""
    known = by_name()
    every = {user.pk: user for users in known.values() for user in users}
    found = {key: users[0] for key, users in known.items() if len(users) == 1}
    for key, pk in chosen.items():
        if pk in every:
            found[key] = every[pk]
        else:
            found.pop(key, None)
    return found


def doubtful(rows: Iterable[LedgerRow], chosen: Mapping[str, int]) -> list[Finding]:
    """Names that fit nobody, or several people, each once. Where nobody has a log-in as account manager, none is meant."""
    known = by_name()
    asked: dict[str, Finding] = {}
    for row in rows if known else ():
        key = name_key(row.manager)
        if key and key not in asked and key not in chosen and len(known.get(key, ())) != 1:
            problem = Problem.SEVERAL if key in known else Problem.NOBODY
            asked[key] = Finding(row.sheet, row.row, "manager", row.manager, problem)
    return list(asked.values())
