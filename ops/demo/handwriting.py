"""How people write dates, sums and periods into a ledger (docs/practice.md 4.3)."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Final, TypeAlias

from base.lib.capitals import capital_words

Written: TypeAlias = str | int | float | date | None

_FULL_WIDTH: Final = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
_MONTHS: Final = {
    12: (12, "12", "12个月", "十二个月", "一年", "1年", "壹年", None), 18: (18, "18个月", "一年半"),
    24: (24, "24个月", "两年", "2年"), 36: (36, "36个月", "三年", "3年"),
}  # fmt: skip
_VISITS: Final = {
    1: (1, "1次", "每年一次"), 2: (2, "2次", "两次", "半年一次", "每半年1次", "每年2次", "2次/年", None),
    4: (4, "四次", "每季度一次", "每季1次"), 12: (12, "每月一次", "每月1次"),
}  # fmt: skip


class Hand:
    """One writer's changing habits, drawn from `random`."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def day(self, day: date | None) -> Written:
        if day is None:
            return self.random.choice(("", "", "/", "—", "未终验"))
        forms: tuple[Written, ...] = (
            day, day, f"{day.year}.{day.month}.{day.day}", f"{day.year}/{day.month}/{day.day}", f"{day}", f" {day} ",
            f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", (day - date(1899, 12, 30)).days, f"{day} 00:00:00",
        )  # fmt: skip
        return self.random.choice(forms)

    def sum(self, amount: Decimal, *, unit: int = 1) -> Written:
        """`unit` is what plain numbers of the column count: 1 yuan, or 10,000."""
        plain = float(amount / unit)
        forms: list[Written] = [
            plain, plain, f"￥{amount:,.2f}", f"¥{amount:.2f}", f"{amount}元", f"{amount / 10_000:f}万元", f"{amount / 10_000:f}万",
        ]  # fmt: skip
        if unit == 1:
            forms += [f"{amount:,.2f}", f"{amount:.2f}".translate(_FULL_WIDTH)]
        if amount % 10_000 == 0:
            forms.append(capital_words(amount))
        return self.random.choice(forms)

    def rate(self, rate: Decimal | None) -> Written:
        if rate is None:
            return None
        percent = int(rate * 100)
        return self.random.choice(
            (f"{percent}%", float(rate), percent, f"{percent}", f"{percent}%".translate(_FULL_WIDTH))
        )

    def months(self, months: int) -> Written:
        return self.random.choice(_MONTHS[months])

    def visits(self, visits: int) -> Written:
        return self.random.choice(_VISITS[visits])

    def name(self, name: str) -> str:
        """A customer's name with the brackets and blanks of the day."""
        plain = name.replace("（", "(").replace("）", ")")
        return self.random.choice((name, name, name, name, f"{name} ", plain))
