"""How far the promised visits of a stretch of time were kept, by engineer and by region."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from warranty.enums import ActionState, InspectionResult
from warranty.models import Inspection
from warranty.queries import HELD, HELD_IN_WINDOW, PROMISED

#: How a stretch is written: 2026Q3, 2026H2, 2026.
_MONTHS = {"Q": 3, "H": 6}
_YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Stretch:
    """A quarter, a half or a year."""

    year: int
    kind: str = ""
    number: int = 1

    @classmethod
    def read(cls, text: str, today: date) -> "Stretch":
        """What an address names; the quarter that today is in where it names nothing."""
        year, kind, number = text[:4], text[4:5], text[5:]
        if year.isascii() and year.isdigit() and int(year) in _YEARS:
            if not kind:
                return cls(int(year))
            if kind in _MONTHS and number in [str(each + 1) for each in range(12 // _MONTHS[kind])]:
                return cls(int(year), kind, int(number))
        return cls(today.year, "Q", (today.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}{self.kind}{self.number if self.kind else ''}"

    @property
    def first(self) -> date:
        return date(self.year, (self.number - 1) * _MONTHS.get(self.kind, 12) + 1, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Stretch":
        return self._step(1)

    @property
    def before(self) -> "Stretch":
        return self._step(-1)

    def _step(self, by: int) -> "Stretch":
        many = 12 // _MONTHS.get(self.kind, 12)
        place = self.year * many + self.number - 1 + by
        return Stretch(place // many, self.kind, place % many + 1)

    def of_kind(self, kind: str) -> "Stretch":
        """The stretch of another length that holds this one's first day."""
        return Stretch(self.year, kind, (self.first.month - 1) // _MONTHS[kind] + 1 if kind else 1)


#: Each figure with the condition it counts; the names are those of the inspection list's quick filters.
def figures(today: date) -> dict[str, Q]:
    still = Q(reported_at=None, action__state=ActionState.PLANNED)
    return {
        "promised": PROMISED,
        "held": HELD,
        "in_window": HELD_IN_WINDOW,
        "overdue": still & Q(action__due_on__lt=today),
        "missed": still & Q(window_last__lt=today),
        "abnormal": Q(result=InspectionResult.ABNORMAL),
    }


@dataclass(frozen=True)
class Row:
    """One engineer or region; `key` is None or empty where there is none."""

    key: Any
    name: str
    counts: dict[str, int]

    @property
    def share(self) -> int | None:
        """Per cent of the promised visits that were held, rounded down: 100 only when all were."""
        return self.counts["held"] * 100 // self.counts["promised"] if self.counts["promised"] else None


def completed(rows: QuerySet[Inspection], stretch: Stretch, *, by: str, today: date) -> list[Row]:
    """The visits planned within a stretch, counted per `by` (a path such as `engineer`), by name; none comes last."""
    planned = rows.filter(action__due_on__range=(stretch.first, stretch.last)).filter(PROMISED).order_by()
    counts = {name: Count("pk", filter=which, distinct=True) for name, which in figures(today).items()}
    found = planned.values(by, *_NAMES.get(by, ())).annotate(**counts)
    made = [Row(each[by], _name(each, by), {name: each[name] for name in counts}) for each in found]
    return sorted(made, key=lambda row: (not row.key, row.name))


_NAMES = {"engineer": ("engineer__display_name", "engineer__username")}


def _name(found: dict[str, Any], by: str) -> str:
    names = [found[name] for name in _NAMES.get(by, (by,))]
    return next((name for name in names if name), "")


def summed(rows: list[Row]) -> Row:
    """All of them as one."""
    names = list(figures(date.min))
    return Row(None, "", {name: sum(row.counts[name] for row in rows) for name in names})
