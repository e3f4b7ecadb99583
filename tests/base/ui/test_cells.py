from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from moneyed import Money

from base.ui import cells
from base.ui.look import Look
from tests.factories import UserFactory

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def look(language="en"):
    return Look(user=UserFactory.build(), today=TODAY, now=NOW, language=language)


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (None, "", ""),
        ("", "", ""),
        (0, "0", "0"),
        (True, "yes", "是"),
        (Money("1200000", "CNY"), "CNY 1,200,000.00", "¥1,200,000.00"),
        (Money("-5.5", "USD"), "USD -5.50", "USD -5.50"),
        (date(2026, 3, 5), "2026-03-05", "2026年3月5日"),
        (datetime(2026, 3, 5, 1, 30, tzinfo=UTC), "2026-03-05 09:30", "2026年3月5日 09:30"),
        ("<b>&", "<b>&", "<b>&"),
    ],
)
def test_a_value_in_both_languages(value, english, chinese):
    with translation.override("en"):
        assert cells.text(value, look()) == english
    with translation.override("zh-hans"):
        assert cells.text(value, look("zh-hans")) == chinese


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-22", "today"),
        ("2026-11-23", "tomorrow"),
        ("2026-11-21", "yesterday"),
        ("2026-12-04", "in 12 days"),
        ("2026-11-20", "2 days ago"),
        ("2027-11-22", "in 365 days"),
    ],
)
def test_the_way_from_today(day, words):
    with translation.override("en"):
        assert cells.distance(date.fromisoformat(day), TODAY) == words
        assert f'title="{words}"' in cells.day_html(date.fromisoformat(day), look())


@pytest.mark.parametrize(
    ("day", "says", "tone"),
    [
        ("2026-11-20", "2 days overdue", "text-danger"),
        ("2026-11-21", "1 day overdue", "text-danger"),
        ("2026-11-22", "today", "text-warning-strong"),
        ("2026-12-22", "in 30 days", "text-warning-strong"),
        ("2026-12-23", "in 31 days", "text-secondary"),
    ],
)
def test_a_due_day_says_how_urgent_it_is_in_words_and_colour(day, says, tone):
    with translation.override("en"):
        shown = cells.due_html(date.fromisoformat(day), look())

    assert says in shown
    assert tone in shown


def test_what_is_done_is_not_overdue():
    with translation.override("en"):
        assert "overdue" not in cells.due_html(date(2020, 1, 1), look(), open_=False)


def test_negative_money_is_red_as_well():
    assert "text-danger" in cells.html(Money("-1", "CNY"), look())
    assert "text-danger" not in cells.html(Money("1", "CNY"), look())


def test_nothing_a_person_typed_becomes_markup():
    for value in ("<script>x</script>", "a\n<b>", "https://x/<b>", "javascript:x"):
        assert "<script" not in cells.escaped(cells.html(value, look()))
        assert "<b>" not in cells.escaped(cells.html(value, look()))
    assert "<i>" not in cells.badge("<i>", "green")


@pytest.mark.parametrize(
    ("rate", "text"), [("0.2000", "20 %"), ("0.0825", "8.25 %"), ("0", "0 %"), ("1", "100 %"), ("0.0001", "0.01 %")]
)
def test_shares_are_per_cent(rate, text):
    assert cells.percent_text(Decimal(rate)) == text


@pytest.mark.django_db
def test_the_filters_of_templates():
    template = Template(
        "{% load ui %}{{ sum|money }}|{{ on|day }}|{{ at|moment }}|{{ rate|percent }}|{{ word|badge:'green' }}|{{ none|money }}"
    )
    with translation.override("zh-hans"):
        shown = template.render(
            Context(
                {"sum": Money(5, "CNY"), "on": TODAY, "at": NOW, "rate": Decimal("0.06"), "word": "ok", "none": None}
            )
        )

    assert ">¥5.00<" in shown
    assert ">2026年11月22日<" in shown
    assert ">2026年11月22日 10:00<" in shown
    assert "6%" in shown
    assert 'tag-green">Ok<' in shown
