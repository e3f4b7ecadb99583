"""Invented contracts at every stage of their life, seen from one day: the people, places and numbers name nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final, Literal, TypeAlias

from moneyed import Money

from base.lib import uscc
from base.lib.dates import add_months
from contracts.rules import MAX_CAP_RATE, renewal_cap

Stage: TypeAlias = Literal["building", "trial", "free", "ending", "paid", "lapsed"]

#: The account managers who can log in to the demo; a few contracts belong to one who left.
MANAGERS: Final = ("陈静", "李伟", "王芳")
LEFT: Final = "赵云帆"

#: Terms that end so many days from a day, so that something is due on it: quotes, reminders, an end, a lapse.
DUE_ENDS: Final = (90, 90, 90, 60, 30, 7, 0, -1)

_SHARES: Final[tuple[tuple[Stage, int], ...]] = (
    ("building", 8), ("trial", 7), ("free", 32), ("ending", 6), ("paid", 27), ("lapsed", 20),
)  # fmt: skip
_PLACES: Final = "澄湖 星桥 望川 南岫 锦澜 禾丰 云汀 霁州 松屿 沐阳川 鹤鸣 青岑".split()  # noqa: SIM905
_KINDS: Final = (
    ("11", "{}市政务服务和数据局"), ("11", "{}市教育局（本级）"), ("12", "{}市第一人民医院"), ("12", "{}职业技术学院"),
    ("12", "{}市公共资源交易中心"), ("91", "{}水务集团有限公司"), ("91", "{}农村商业银行股份有限公司"), ("91", "{}轨道交通有限公司"),
)  # fmt: skip
_PROJECTS: Final = (
    "政务数据共享平台", "一体化协同办公系统", "医院信息集成平台", "智慧校园一卡通系统", "应急指挥调度系统", "供水营收管理系统",
    "数字档案馆建设项目", "数据中心动环监控系统", "公共资源交易平台升级改造项目", "视频会议系统", "信贷风险管理系统", "线网运营指挥平台",
)  # fmt: skip
_SURNAMES: Final = "周吴郑孙钱冯蒋沈韩杨朱秦许何吕施张孔曹严"
_GIVEN: Final = "文博 思远 雨桐 子涵 秀英 国强 晓燕 志远 丽华 建平 欣怡 海涛".split()  # noqa: SIM905


@dataclass(frozen=True)
class Place:
    """An invented organisation with a code that passes its check and belongs to no district."""

    name: str
    code: str


@dataclass(frozen=True)
class Sample:
    """What is true of one contract. `covered_until` and `fee` stand only where paid years were agreed."""

    stage: Stage
    number: str
    project: str
    customer: Place
    amount: Decimal
    signed_on: date
    go_live_on: date | None
    preliminary_on: date | None
    accepted_on: date | None
    free_months: int
    rate: Decimal | None
    inspections: int
    covered_until: date | None
    fee: Decimal | None
    manager: str
    project_manager: str
    contact: str
    phone: str
    email: str


def samples(on: date, count: int, random: Random, *, due_on: date) -> list[Sample]:
    """`count` contracts as of `on`, in order of signing; some have something due on `due_on`."""
    places = list(_places(random))
    lives = [_Life.ending(stage, end, random) for stage, end in _ends(on, count, random, due_on)]
    made = [_sample(life, places, serial, on, random) for serial, life in enumerate(lives, 1)]
    return sorted(made, key=lambda sample: sample.signed_on)


def _ends(on: date, count: int, random: Random, due_on: date) -> Iterator[tuple[Stage, date]]:
    """Stages with the last day of coverage (of a project under way: the day it will be accepted)."""
    for days in DUE_ENDS[:count]:
        end = due_on + timedelta(days=days)
        yield "ending" if end >= on else "lapsed", end
    stages, weights = zip(*_SHARES, strict=True)
    for stage in random.choices(stages, weights, k=max(0, count - len(DUE_ENDS))):
        yield stage, on + timedelta(days=random.randint(*_RANGES[stage]))


_RANGES: Final[dict[Stage, tuple[int, int]]] = {
    "building": (60, 300), "trial": (10, 90), "free": (91, 364), "ending": (1, 89), "paid": (91, 365), "lapsed": (-900, -2),
}  # fmt: skip


@dataclass(frozen=True)
class _Life:
    """When a contract is accepted and how long it is covered."""

    stage: Stage
    accepted_on: date
    free_months: int
    paid_years: int

    @classmethod
    def ending(cls, stage: Stage, end: date, random: Random) -> "_Life":
        """The life whose coverage ends on `end`; for a project under way `end` is its acceptance to come."""
        if stage in ("building", "trial"):
            return cls(stage, end, 12, 0)
        free = random.choice((12, 12, 12, 24, 36, 18))
        paid = {"free": 0, "paid": random.randint(1, 4)}.get(stage, random.choice((0, 0, 1, 2)))
        return cls(stage, add_months(end, -free - 12 * paid), free, paid)


def _sample(life: _Life, places: list[Place], serial: int, on: date, random: Random) -> Sample:
    signed = life.accepted_on - timedelta(days=random.randint(150, 400))
    if life.stage in ("building", "trial"):
        signed = min(signed, on - timedelta(days=random.randint(20, 120)))
    preliminary = life.accepted_on - timedelta(days=random.randint(91, 120))
    go_live = preliminary - timedelta(days=random.randint(5, 25))
    amount = Decimal(random.choice((random.randint(12, 900) * 10_000, random.randint(8_000_000, 90_000_000) / 100)))
    amount = amount.quantize(Decimal("0.01"))
    rate = random.choice((None, *(Decimal(percent) / 100 for percent in (8, 10, 12, 15, 15, 20))))
    months = life.free_months + 12 * life.paid_years
    person = random.choice(_SURNAMES) + random.choice(_GIVEN)
    return Sample(
        stage=life.stage,
        number=f"{random.choice(('HT', 'WB', 'XM'))}-{signed.year}-{serial:04}",
        project=random.choice(_PROJECTS),
        customer=random.choice(places),
        amount=amount,
        signed_on=signed,
        go_live_on=None if life.stage == "building" else go_live,
        preliminary_on=None if life.stage == "building" else preliminary,
        accepted_on=None if life.stage in ("building", "trial") else life.accepted_on,
        free_months=life.free_months,
        rate=rate,
        inspections=random.choice((2, 2, 2, 4, 1, 12)),
        covered_until=add_months(life.accepted_on, months) if life.paid_years else None,
        fee=renewal_cap(Money(amount, "CNY"), rate or MAX_CAP_RATE, 12).amount if life.paid_years else None,
        manager=LEFT if random.random() < 0.03 else random.choice(MANAGERS),
        project_manager=random.choice(_SURNAMES) + random.choice(_GIVEN),
        contact=person,
        phone=f"1380000{random.randint(0, 9999):04}",
        email=f"user{serial}@example.com",
    )


def _places(random: Random) -> Iterator[Place]:
    for serial, (place, (prefix, pattern)) in enumerate(((place, kind) for place in _PLACES for kind in _KINDS), 1):
        if random.random() < 0.85:
            yield Place(pattern.format(place), _code(f"{prefix}000000{serial:09}"))


def _code(stem: str) -> str:
    """The stem of 17 characters with the check character that makes it valid."""
    return next(code for check in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc.is_valid(code := stem + check))
