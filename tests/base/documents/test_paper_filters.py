from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from moneyed import Money

from base.documents.templatetags import paper


@pytest.mark.parametrize(
    ("amount", "chinese", "english", "plain", "words"),
    [
        (Money("1200000", "CNY"), "¥1,200,000.00", "CNY 1,200,000.00", "1,200,000.00", "人民币壹佰贰拾万元整"),
        (Money("100005000", "CNY"), "¥100,005,000.00", "CNY 100,005,000.00", "100,005,000.00", "人民币壹亿零伍仟元整"),
        (Money("9.5", "USD"), "USD 9.50", "USD 9.50", "9.50", ""),
        (Money("1500", "JPY"), "JPY 1,500", "JPY 1,500", "1,500", ""),
    ],
)
def test_money(amount, chinese, english, plain, words):
    with translation.override("zh-hans"):
        assert paper.money(amount) == chinese
    with translation.override("en"):
        assert paper.money(amount) == english
    assert paper.plain(amount) == plain
    assert paper.words(amount) == words


@pytest.mark.parametrize(
    ("rate", "expected"), [("0.06", "6 %"), ("0.2000", "20 %"), ("0.1167", "11.67 %"), ("0", "0 %"), ("1", "100 %")]
)
def test_percent(rate, expected):
    assert paper.percent(Decimal(rate)) == expected


def test_a_day_cannot_be_read_in_two_ways():
    with translation.override("zh-hans"):
        assert paper.day(date(2027, 3, 5)) == "2027年3月5日"
    with translation.override("en"):
        assert paper.day(date(2027, 3, 5)) == "5 March 2027"
