"""The life of a contract as one strip: what was, what holds, and what will happen next (docs/rules.md 17).

Each floor registers a source of what it knows: marks on a day, bars over a stretch, and things that will happen.
The strip is drawn in percent of its width, so that it fits any screen without a script or an inline style.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from base.lib.dates import YEARS
from base.ui.look import Look
from contracts.models import Contract


@dataclass(frozen=True)
class Mark:
    """One day. `kind` is its look (`static/css/contracts.css`), `row` 0 for a milestone above the bars, else below."""

    day: date
    label: str
    kind: str
    row: int = 0
    href: str = ""


@dataclass(frozen=True)
class Bar:
    """A stretch of days, both ends included."""

    first_day: date
    last_day: date
    label: str
    kind: str
    href: str = ""

    @property
    def ends(self) -> str:
        return f"{self.first_day} – {self.last_day}"


@dataclass(frozen=True)
class Coming:
    """Something that will happen by itself, in words. `state` is empty, `hold`, `failed` or `provisional`."""

    day: date
    text: str
    icon: str = "point"
    href: str = ""
    state: str = ""
    reason: str = ""
    #: Only a step on the way to something else: told when it is the very next, else left to the plan.
    minor: bool = False


@dataclass(frozen=True)
class Standing:
    """How things stand today: a coloured word, and what it rests on."""

    label: str
    colour: str
    detail: str = ""


Piece = Mark | Bar | Coming | Standing
Source = Callable[[Contract, Look], Iterable[Piece]]
_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Let an upper floor tell its part of the life; called from `AppConfig.ready`."""
    _sources.append(source)


#: Above this share of the strip a text would not fit on a desktop screen.
_LETTER, _WIDTH = 7.0, 820.0
#: Years of nothing but milestones before the strip may be as short as this.
_LEAST = timedelta(days=180)
_MONTHS_A_TICK = (1, 3, 6, 12, 24, 60, 120)
_TICKS = 11


@dataclass(frozen=True)
class Spot:
    """A mark in its place: `x` in percent, `lane` 0 or 1 for its label, `anchor` of its text."""

    mark: Mark
    x: str
    lane: int
    anchor: str


@dataclass(frozen=True)
class Stretch:
    """A bar in its place; `text` is as much as fits inside."""

    bar: Bar
    x: str
    width: str
    middle: str
    text: str


@dataclass(frozen=True)
class Tick:
    x: str
    label: str
    #: The turn of a year: what is left of the scale on a small screen.
    main: bool


@dataclass
class Strip:
    """All that the template draws."""

    today: str
    stretches: list[Stretch] = field(default_factory=list)
    milestones: list[Spot] = field(default_factory=list)
    below: list[Spot] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)

    @property
    def headlines(self) -> list[Coming]:
        """The next things that matter, the very next in any case."""
        return [each for place, each in enumerate(self.coming) if place == 0 or not each.minor][:5]

    @property
    def rest(self) -> int:
        return len(self.coming) - len(self.headlines)

    @property
    def kinds(self) -> set[str]:
        """What the legend has to explain."""
        return {each.bar.kind for each in self.stretches} | {each.mark.kind for each in self.below}


def strip(contract: Contract, look: Look) -> Strip:
    """The contract's life, from all sources."""
    pieces: list[Piece] = [*_milestones(contract)]
    for source in _sources:
        pieces += source(contract, look)
    marks = sorted((each for each in pieces if isinstance(each, Mark)), key=lambda each: each.day)
    bars = sorted((each for each in pieces if isinstance(each, Bar)), key=lambda each: each.first_day)
    coming = sorted((each for each in pieces if isinstance(each, Coming)), key=lambda each: each.day)
    scale = _Scale.over(
        [look.today, *(each.day for each in marks), *(d for b in bars for d in (b.first_day, b.last_day))]
    )
    return Strip(
        today=scale.text(look.today),
        stretches=[scale.stretch(each) for each in bars],
        milestones=list(_in_lanes([each for each in marks if each.row == 0], scale)),
        below=[Spot(each, scale.text(each.day), each.row, "middle") for each in marks if each.row > 0],
        ticks=list(scale.ticks()),
        coming=coming,
        standing=[each for each in pieces if isinstance(each, Standing)],
    )


def _milestones(contract: Contract) -> Iterator[Mark]:
    for day, label, kind in (
        (contract.signed_on, _("signed"), "signed"),
        (contract.go_live_on, _("go-live"), "go-live"),
        (contract.preliminary_acceptance_on, _("preliminary acceptance"), "preliminary"),
        (contract.final_acceptance_on, _("final acceptance"), "final"),
        (contract.ending_on, _("ends"), "terminated"),
        (contract.terminated_on, _("terminated"), "terminated"),
    ):
        if day:
            yield Mark(day, label, kind)
    if contract.deemed_acceptance_on and not contract.final_acceptance_on:
        yield Mark(contract.deemed_acceptance_on, _("deemed accepted"), "deemed")


def _near(day: date) -> date:
    """A date that a picture can show: one that was mistyped by a thousand years must not take the sheet with it."""
    return min(max(day, date(YEARS[0], 1, 1)), date(YEARS[-1], 12, 31))


@dataclass(frozen=True)
class _Scale:
    first: date
    days: int

    @classmethod
    def over(cls, days: list[date]) -> "_Scale":
        first, last = _near(min(days)), _near(max(days))
        span = max(last - first, _LEAST)
        pad = span / 22
        return cls(first - pad, (span + 2 * pad).days)

    def at(self, day: date) -> float:
        return 100 * (_near(day) - self.first).days / self.days

    def text(self, day: date) -> str:
        return f"{self.at(day):.2f}%"

    def stretch(self, bar: Bar) -> Stretch:
        left = self.at(bar.first_day)
        width = max(self.at(_near(bar.last_day) + timedelta(days=1)) - left, 0.4)
        room = width / 100 * _WIDTH
        fitting = [each for each in (f"{bar.label}  {bar.ends}", bar.ends, bar.label) if _length(each) + 12 <= room]
        return Stretch(bar, f"{left:.2f}%", f"{width:.2f}%", f"{left + width / 2:.2f}%", fitting[0] if fitting else "")

    def ticks(self) -> Iterator[Tick]:
        """First days of months or years, not more than fit."""
        months = next((each for each in _MONTHS_A_TICK if self.days / 30.4 / each <= _TICKS), _MONTHS_A_TICK[-1])
        month = (self.first.year * 12 + self.first.month - 1) // months * months
        while (day := date(month // 12, month % 12 + 1, 1)) <= self.first + timedelta(days=self.days):
            if 2 <= self.at(day) <= 98:
                main = day.month == 1 or self.days < 400
                yield Tick(self.text(day), str(day.year) if day.month == 1 else f"{day:%Y-%m}", main)
            month += months


def _length(text: str) -> float:
    """About how wide a text is drawn, in pixels."""
    return sum(_LETTER if character.isascii() else 2 * _LETTER for character in text)


def _in_lanes(marks: list[Mark], scale: _Scale) -> Iterator[Spot]:
    """Labels side by side; one that would cover its neighbour goes a line higher."""
    ends = [-1000.0, -1000.0, -1000.0]
    for mark in marks:
        x = scale.at(mark.day)
        anchor = "start" if x < 8 else "end" if x > 92 else "middle"
        width = max(_length(mark.label), _length(str(mark.day)))
        here = x / 100 * _WIDTH
        left = here - {"start": 0, "middle": width / 2, "end": width}[anchor]
        lane = next((each for each, end in enumerate(ends) if end + 10 <= left), 2)
        ends[lane] = left + width
        yield Spot(mark, f"{x:.2f}%", lane, anchor)
