"""Who looks, on which day and in which language: all that showing a record depends on."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import Promise

from base.accounts.access import may
from base.accounts.models import User
from base.company import clock

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Text: TypeAlias = StrOrPromise
else:
    #: What is shown to a person: a text, or a translation that is made when it is shown.
    Text = str | Promise
T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    """Made once a request, by the page; nothing below it reads the clock."""

    user: User
    today: date
    now: datetime
    language: str = field(default_factory=lambda: translation.get_language() or "en")

    @classmethod
    def of(cls, request: HttpRequest) -> "Look":
        now = clock.now()
        # In the company's time zone, which its middleware has put in force.
        return cls(user=request.user, today=timezone.localdate(now), now=now)  # type: ignore[arg-type]

    def may(self, action: str) -> bool:
        """Whether the user has the action; an empty one asks for nothing."""
        return not action or may(self.user, action)

    @cached_property
    def _memory(self) -> dict[Hashable, object]:
        return {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value made for this key earlier in the request, else made now."""
        if key not in self._memory:
            self._memory[key] = make()
        return cast(T, self._memory[key])

    def keep(self, key: Hashable, value: object) -> None:
        """Let `once` give this value, which was looked up together with others."""
        self._memory[key] = value
