"""Who typed a wrong password too often: allauth counts it in the cache, per name somebody logs in with."""

from collections.abc import Iterator
from datetime import datetime

from allauth.core.internal import ratelimit
from django.core.cache import cache

from base.accounts.models import User

_COUNTED = {"app": "allauth.account", "action": "login_failed"}


def attempts_of(login: str) -> str:
    """Under which key the wrong passwords for a name are counted."""
    return f"login:{login.lower()}"


def is_locked(user: User, at: datetime) -> bool:
    """Whether even the right password would be refused at that moment."""
    now = at.timestamp()
    return any(not ratelimit.apply_rate(cache.get(key, []), now, rate, dry_run=True)[0] for rate, key in _kept(user))


def release(user: User) -> None:
    """Forget the wrong passwords of a person."""
    cache.delete_many([key for _rate, key in _kept(user)])


def _kept(user: User) -> Iterator[tuple[ratelimit.Rate, str]]:
    """Where each of the limits is counted, by both names a person may log in with."""
    for rate in ratelimit.get_rates(**_COUNTED):
        if rate.per == "key":
            for login in (user.username, user.email):
                yield rate, ratelimit.get_cache_key(None, rate=rate, key=attempts_of(login), **_COUNTED)
