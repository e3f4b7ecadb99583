"""Who typed a wrong password too often: counted in a table of our own, for a name at an address.

docs/rules.md 8.2 is the rule; docs/decisions/wrong-passwords.md says why no library does it.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from base.accounts.models import User, WrongPassword

#: Whoever has a whole network to himself (a provider gives at least a /64 to each customer) counts as one address.
_IPV6_PREFIX = 64


class Limit(NamedTuple):
    """So many wrong passwords within this time, then even the right one is refused until the oldest is forgotten."""

    attempts: int
    within: timedelta


#: Somebody who guesses at one person from one place, or on a device that person has used.
PER_PAIR = Limit(attempts=5, within=timedelta(minutes=5))
#: Somebody who tries many names: far above what an office behind one address mistypes on a Monday morning.
PER_ADDRESS = Limit(attempts=100, within=timedelta(minutes=5))
#: Many machines that guess at one person.
PER_NAME = Limit(attempts=100, within=timedelta(hours=1))
_LONGEST_NAME: int = WrongPassword._meta.get_field("name").max_length or 0
_LONGEST_ADDRESS: int = WrongPassword._meta.get_field("address").max_length or 0
_KEPT = max(PER_PAIR.within, PER_ADDRESS.within, PER_NAME.within)
_DEVICE = "device "


def is_a_name(name: str) -> bool:
    """Whether anybody can be called so: a longer one is not even looked up."""
    return len(name) <= _LONGEST_NAME and "\0" not in name


def person_named(name: str) -> User | None:
    """Whose name or address this is, as it is typed."""
    key = _key_of(name)
    return User.objects.filter(Q(username__iexact=key) | Q(email=key)).first() if is_a_name(name) else None


def count_attempt(*, name: str, address: str, at: datetime, device: str = "") -> WrongPassword | None:
    """Count a log-in as wrong before its password is looked at, so that a hundred guesses at once are counted too.

    A `device` the person has logged in from before is counted by itself: what others type elsewhere keeps nobody out.
    The caller deletes the row when the password was right. None: it is too many, and this attempt does not count.
    """
    WrongPassword.objects.filter(at__lte=at - _KEPT).delete()
    place = f"{_DEVICE}{device}" if device else _network_of(address)
    attempt = WrongPassword.objects.create(name=_key_of(name), address=place, at=at)
    earlier = WrongPassword.objects.exclude(pk=attempt.pk)
    of_name, of_place = earlier.filter(name=attempt.name), earlier.filter(address=place)
    limits = [(PER_PAIR, of_place.filter(name=attempt.name))]
    if not device:
        limits += [(PER_ADDRESS, of_place), (PER_NAME, of_name)]
    if any(_reached(limit, rows, at) for limit, rows in limits):
        attempt.delete()
        return None
    return attempt


def is_locked(user: User, at: datetime) -> bool:
    """Whether even the right password of a person would be refused at that moment, somewhere or everywhere."""
    own = WrongPassword.objects.filter(name__in=_names_of(user))
    if any(_reached(PER_NAME, own.filter(name=name), at) for name in _names_of(user)):
        return True
    places = own.filter(at__gt=at - PER_PAIR.within).values("name", "address").annotate(wrong=Count("pk"))
    return places.filter(wrong__gte=PER_PAIR.attempts).exists()


def release(user: User) -> None:
    """Forget the wrong passwords of a person."""
    WrongPassword.objects.filter(name__in=_names_of(user)).delete()


def _names_of(user: User) -> list[str]:
    """Both names a person may log in with; each is counted apart, as it is typed."""
    return [_key_of(user.username), _key_of(user.email)]


def _key_of(name: str) -> str:
    return name.replace("\0", "").strip().lower()[:_LONGEST_NAME]


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
