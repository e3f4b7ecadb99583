"""What upper floors agreed with a customer, as far as coverage must know: they register here, and are asked from here.

An offer that was made, or accepted, is the business of an upper floor. What rests on it is not moved or corrected from
below, because the customer has it in writing.
"""

from collections.abc import Callable, Collection

from warranty.models import MaintenanceTerm

_settled_origins: set[str] = set()
_offers: list[Callable[[Collection[int]], set[int]]] = []


def register(*, origin: str, offered: Callable[[Collection[int]], set[int]]) -> None:
    """Say of which `origin` a term is that the customer accepted, and how to ask which contracts were offered one.

    `offered` is given keys of contracts and returns those to which an offer was made, whatever became of it.
    """
    _settled_origins.add(origin)
    _offers.append(offered)


def is_settled(term: MaintenanceTerm) -> bool:
    """Whether the customer accepted this term, so that its days are no longer ours to move."""
    return term.origin in _settled_origins


def with_offer(contracts: Collection[int]) -> set[int]:
    """Which of these contracts were offered a further term."""
    return set().union(*(offered(contracts) for offered in _offers))
