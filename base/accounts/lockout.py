"""Who typed a wrong password too often: counted in a table of our own, per name and per address.

docs/decisions/wrong-passwords.md says why no library does it.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

from django.db.models import QuerySet

from base.accounts.models import User, WrongPassword

#: Whoever has a whole network to himself (a provider gives at least a /64 to each customer) counts as one address.
_IPV6_PREFIX = 64


class Limit(NamedTuple):
    """So many wrong passwords within this time, then even the right one is refused until the oldest is forgotten."""

    attempts: int
    within: timedelta


PER_NAME = Limit(attempts=5, within=timedelta(minutes=5))
PER_ADDRESS = Limit(attempts=10, within=timedelta(minutes=1))
_LONGEST_NAME = WrongPassword._meta.get_field("name").max_length
_LONGEST_ADDRESS = WrongPassword._meta.get_field("address").max_length
_KEPT = max(PER_NAME.within, PER_ADDRESS.within)


def count_attempt(*, name: str, address: str, at: datetime) -> WrongPassword | None:
    """Count a log-in as wrong before its password is looked at, so that a hundred guesses at once are counted too.

    The caller deletes the row when the password was right. None: it is too many, and this attempt does not count.
    """
    WrongPassword.objects.filter(at__lte=at - _KEPT).delete()
    attempt = WrongPassword.objects.create(name=_key_of(name), address=_network_of(address), at=at)
    earlier = WrongPassword.objects.exclude(pk=attempt.pk)
    if _reached(PER_NAME, earlier.filter(name=attempt.name), at) or _reached(
        PER_ADDRESS, earlier.filter(address=attempt.address), at
    ):
        attempt.delete()
        return None
    return attempt


def is_locked(user: User, at: datetime) -> bool:
    """Whether even the right password of a person would be refused at that moment, from whatever address."""
    return any(_reached(PER_NAME, WrongPassword.objects.filter(name=name), at) for name in _names_of(user))


def release(user: User) -> None:
    """Forget the wrong passwords of a person."""
    WrongPassword.objects.filter(name__in=_names_of(user)).delete()


def _names_of(user: User) -> list[str]:
    """Both names a person may log in with; each is counted apart, as it is typed."""
    return [_key_of(user.username), _key_of(user.email)]


def _key_of(name: str) -> str:
    return name.strip().lower()[:_LONGEST_NAME]


def _network_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:_LONGEST_ADDRESS]
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _IPV6_PREFIX), strict=False).network_address)
    return address


def _reached(limit: Limit, attempts: QuerySet[WrongPassword], at: datetime) -> bool:
    return attempts.filter(at__gt=at - limit.within).count() >= limit.attempts
