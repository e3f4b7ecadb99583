"""Devices that somebody has logged in from before: they are not kept waiting by what others type (docs/rules.md 8.2).

A signed cookie says of each a random name and whose it is. It opens nothing by itself.
"""

import secrets
from typing import Final

from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from base.accounts.models import User

COOKIE: Final = "device"
_SALT: Final = "base.accounts.devices"
#: Browsers keep no cookie longer.
_KEPT_SECONDS: Final = 400 * 24 * 3600
#: People who share a device, such as at a counter; the one longest ago is forgotten.
_MOST_PEOPLE: Final = 8


def known_as(request: HttpRequest, user: User | None) -> str:
    """The name of the device if this person has logged in from it before, else nothing."""
    return _people(request).get(str(user.pk), "") if user is not None else ""


def is_any(request: HttpRequest) -> bool:
    """Whether anybody has logged in from the device before."""
    return bool(_people(request))


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """From now on the device is known for this person."""
    people = _people(request)
    name = people.pop(str(user.pk), "") or secrets.token_hex(8)
    people = {**dict(list(people.items())[-_MOST_PEOPLE + 1 :]), str(user.pk): name}
    response.set_cookie(
        COOKIE,
        signing.dumps(people, salt=_SALT),
        max_age=_KEPT_SECONDS,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )


def _people(request: HttpRequest) -> dict[str, str]:
    """The device's name for each person; nothing for a cookie that is missing, forged or too old."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_KEPT_SECONDS)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
