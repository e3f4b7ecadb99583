"""From which day to which somebody stands in for another person."""

from datetime import date

from django.db.models import Model, Q

from base.company import clock

#: What of a person says who stands in for them, and when.
FIELDS = ("deputy", "deputy_from", "deputy_until")


def standing_in(user: Model, prefix: str = "") -> Q:
    """The condition under which the user stands in today for the person at `prefix` (such as `manager__`).

    A deputy without days is one until that ends; both days count.
    """
    on = clock.today()
    begun = Q(**{f"{prefix}deputy_from": None}) | Q(**{f"{prefix}deputy_from__lte": on})
    goes_on = Q(**{f"{prefix}deputy_until": None}) | Q(**{f"{prefix}deputy_until__gte": on})
    return Q(**{f"{prefix}deputy": user}) & begun & goes_on


def holds_today(first: date | None, last: date | None) -> bool:
    """The same of days that are read already."""
    on = clock.today()
    return (first is None or first <= on) and (last is None or on <= last)
