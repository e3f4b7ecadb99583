"""Codes are worded for whoever reads them; what a person wrote stays as it is."""

from datetime import date

import pytest
from django.utils import translation

from base.chatter.labels import value_text, with_value


@pytest.mark.parametrize(
    ("stored", "english", "chinese"),
    [
        ("reported", "reported", "已提交报告"),
        ("no_open_quote", "No sent quote is open.", "没有已发出且有效的报价。"),
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
