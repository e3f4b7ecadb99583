"""Who typed a wrong password too often: allauth counts it in the cache, per log-in name and address of the product."""

from collections.abc import Iterator
from datetime import datetime

from allauth.core.internal import ratelimit
from django.core.cache import cache

from base.accounts.models import User

_COUNTED = {"app": "allauth.account", "action": "login_failed"}


def is_locked(user: User, host: str, at: datetime) -> bool:
    """Whether even the right password would be refused at that moment."""
    now = at.timestamp()
    return any(
        not ratelimit.apply_rate(cache.get(key, []), now, rate, dry_run=True)[0] for rate, key in _kept(user, host)
    )


def release(user: User, host: str) -> None:
    """Forget the wrong passwords of a person."""
    cache.delete_many([key for _rate, key in _kept(user, host)])


def _kept(user: User, host: str) -> Iterator[tuple[ratelimit.Rate, str]]:
    """Where each of the limits is counted, by both names a person may log in with."""
    for rate in ratelimit.get_rates(**_COUNTED):
        if rate.per == "key":
            for login in (user.username, user.email):
                key = f"{host}:{login.lower()}"
                yield rate, ratelimit.get_cache_key(None, rate=rate, key=key, **_COUNTED)
