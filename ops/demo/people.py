"""Who plays in the demo, and where its story stands."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from base.accounts.models import Role, User

SEED = 20240229
CONTRACTS = 300
#: How long the company has been working with Weibao when the demo is opened.
HISTORY = timedelta(days=140)
#: The demo is loaded at least so long after the midnight its story ends on.
SO_LONG = timedelta(hours=6)
_HAS_BEEN = 5
PASSWORD = "weibao-demo"  # noqa: S105 - printed on the log-in page of a demo
PEOPLE = (
    ("chenjing", "陈静", Role.MANAGER, "138 1000 2001"),
    ("liwei", "李伟", Role.MANAGER, "138 1000 2002"),
    ("wangfang", "王芳", Role.MANAGER, "138 1000 2003"),
    ("finance", "赵敏", Role.FINANCE, "138 1000 2004"),
    ("service", "周强", Role.SERVICE_MANAGER, "138 1000 2005"),
    ("engineer", "吴昊", Role.ENGINEER, "138 1000 2006"),
    ("engineer2", "郑凯", Role.ENGINEER, "138 1000 2007"),
    ("director", "孙丽", Role.DIRECTOR, "138 1000 2008"),
    ("admin", "管理员", Role.ADMINISTRATOR, "138 1000 2009"),
    ("auditor", "钱审", Role.AUDITOR, "138 1000 2010"),
)
#: The province each invented place lies in, by the first two characters of its name; one nobody wrote down.
REGIONS = {
    "澄湖": "江苏", "星桥": "浙江", "望川": "四川", "南岫": "江西", "锦澜": "广东", "禾丰": "浙江", "云汀": "江苏", "霁州": "浙江",
    "松屿": "福建", "沐阳": "江苏", "鹤鸣": "四川",
}  # fmt: skip


@dataclass
class Story:
    """Where the story stands: the day that is being told, and the dice."""

    today: date
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - no secret hangs on it
    people: dict[str, User] = field(default_factory=dict)
    #: So many reports were signed.
    signed: int = 0

    def at(self, day: date, hour: int = 10, *, ahead: bool = False) -> datetime:
        """An hour of a day. Of today only the small hours have been, unless it is something that lies `ahead`."""
        if day == self.today and not ahead:
            hour = min(hour, _HAS_BEEN)
        return datetime.combine(day, time(hour), ZoneInfo(settings.TIME_ZONE))

    def weeks(self) -> Iterator[date]:
        """The days the story is told on: one a week, then the last days one by one."""
        day = self.today - HISTORY
        while day < self.today - timedelta(days=7):
            yield day
            day += timedelta(days=7)
        while day <= self.today:
            yield day
            day += timedelta(days=1)
