"""Codes are worded for whoever reads them; what a person wrote stays as it is."""

from datetime import date

import pytest
from django.utils import translation
from moneyed import Money

from base.chatter import labels
from base.chatter.labels import kept, todo_text, value_text, with_value


@pytest.mark.parametrize(
    ("stored", "english", "chinese"),
    [
        ("reported", "reported", "已提交报告"),
        ("no_open_quote", "No sent quote is open.", "没有待客户答复的报价。"),
        (with_value("on_hold", "等客户：回复"), "On hold: 等客户：回复", "暂缓：等客户：回复"),
        (with_value("on_hold", "100 %(x)s: later"), "On hold: 100 %(x)s: later", "暂缓：100 %(x)s: later"),
        (with_value("snoozed", date(2026, 12, 1)), "Snoozed until 1 December 2026.", "推迟至 2026年12月1日。"),
        # Free text, and what was stored before there were codes.
        ("", "", ""),
        ("on_hold", "on_hold", "on_hold"),
        ("On hold: they move house", "On hold: they move house", "On hold: they move house"),
        ("reported: twice", "reported: twice", "reported: twice"),
    ],
)
def test_a_code_is_worded_for_its_reader(stored, english, chinese):
    for language, text in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert value_text(stored) == text


def test_a_todo_is_worded_with_its_values_in_the_readers_way(monkeypatch):
    wording = "Invoice %(number)s of %(sum)s is due on %(due)s"
    monkeypatch.setitem(labels._todos, "invoice_due", wording)
    params = {"number": "FP-1", "sum": kept(Money("1200.50", "CNY")), "due": kept(date(2026, 12, 1))}
    with translation.override("en"):
        assert todo_text("invoice_due", params) == "Invoice FP-1 of CNY 1,200.50 is due on 1 December 2026"
    with translation.override("zh-hans"):
        assert todo_text("invoice_due", params) == "Invoice FP-1 of ¥1,200.50 is due on 2026年12月1日"


def test_a_todo_that_lacks_a_value_or_a_wording_is_still_told(monkeypatch):
    monkeypatch.setitem(labels._todos, "invoice_due", "Invoice %(number)s is due")
    assert todo_text("invoice_due", {}) == "Invoice %(number)s is due"
    monkeypatch.setitem(labels._todos, "broken", "done by %(x)y")
    assert todo_text("broken", {"x": 1}) == "done by %(x)y"
    assert todo_text("of_an_older_version", {}) == "of_an_older_version"


def test_a_day_that_is_none_is_shown_as_it_stands(monkeypatch):
    monkeypatch.setitem(labels._values, "snoozed until", "Snoozed until %(value)s.")
    assert value_text("snoozed until: spring") == "Snoozed until spring."
