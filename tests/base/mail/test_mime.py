import re
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.text import clean
from base.mail.mime import Letterhead, Sender, build, html_part, plain_name
from base.mail.models import OutgoingMail
from tests.base.mail.conftest import AT

SENDER = Sender("维保科技", "service@example.com", "Asia/Shanghai")


def parsed(**values):
    mail = OutgoingMail(**{"to_email": "wang@customer.example", "subject": "s", "text": "t", "language": "en"} | values)
    return message_from_bytes(
        build(mail, mail.text, [], SENDER, message_id="<1.a@example.com>", at=AT), policy=policy.default
    )


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200).map(clean))
def test_any_subject_arrives(subject):
    assert parsed(subject=subject)["Subject"] == subject


@pytest.mark.parametrize("name", ["王女士", 'Wang, Ms. "W" (office)', "a@b <c>", ""])
def test_a_readers_name_arrives_and_adds_no_address(name):
    (address,) = parsed(to_name=name)["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "wang@customer.example")


@pytest.mark.parametrize("field", ["subject", "to_name", "cc"])
def test_a_line_break_cannot_add_a_header(field):
    with pytest.raises(ValueError, match=r"(?i)linefeed|newline|carriage|invalid"):
        parsed(**{field: "x@y.example\r\nBcc: thief@example.com"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<b>bold</b> & "so"', "&lt;b&gt;bold&lt;/b&gt; &amp; &quot;so&quot;"),
        (
            "见 https://a.example/q/x-1?b=1&c=2。完",
            '见 <a href="https://a.example/q/x-1?b=1&amp;c=2">https://a.example/q/x-1?b=1&amp;c=2</a>。完',
        ),
        ("https://a.example/x.", '<a href="https://a.example/x">https://a.example/x</a>.'),
        ("(https://a.example/)", '(<a href="https://a.example/">https://a.example/</a>)'),
        (
            'see https://a.example/"onclick="x',
            'see <a href="https://a.example/&quot;onclick=&quot;x">https://a.example/&quot;onclick=&quot;x</a>',
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("one\ntwo", "one<br>\ntwo"),
    ],
)
def test_the_page_shows_the_words_and_nothing_else(text, expected):
    assert f">{expected}</p>" in html_part("s", text, "en")


def test_facts_stand_in_a_table_and_a_link_on_its_own_line_is_a_button():
    text = "尊敬的客户：\n\n报价编号：BJ-1\n金额（含税）：¥1.00\n\n请见：\nhttps://a.example/q/x/\n\n维保科技\n服务热线：400"
    html = html_part("s", text, "zh-hans", Letterhead("维保科技", "cid:logo"), button="查看报价")
    assert re.findall(r"<th[^>]*>\s*(.*?)\s*</th>\s*<td[^>]*>\s*(.*?)\s*</td>", html) == [
        ("报价编号", "BJ-1"), ("金额（含税）", "¥1.00"),
    ]  # fmt: skip
    assert re.search(r'<a\s+href="https://a.example/q/x/"[^>]*>查看报价</a>', html)
    assert re.search(r"维保科技<br>\s*服务热线：400\s*</p>", html), "our own lines at the end are no table"
    assert 'src="cid:logo"' in html


@pytest.mark.parametrize("text", ['https://a.example/"onclick="x', "https://a.example/<b>", "a：<b>x</b>"])
def test_nothing_in_a_button_or_a_table_is_markup(text):
    html = html_part("s", text, "en", button="Open")
    assert "<b>" not in html
    assert 'onclick="x' not in html


def test_a_logo_goes_along_inside_the_page():
    mail = OutgoingMail(to_email="wang@customer.example", subject="s", text="t", language="en")
    sender = SENDER._replace(logo=b"\x89PNG")
    message = message_from_bytes(
        build(mail, "t", [], sender, message_id="<1.a@example.com>", at=AT), policy=policy.default
    )
    html = message.get_body(("related",))
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"].strip("<>") in html.get_body(("html",)).get_content()
    assert message.get_body(("plain",)).get_content().strip() == "t"


def test_absence_notes_are_asked_not_to_come():
    message = parsed()
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "OOF, AutoReply")


def test_empty_lines_part_paragraphs():
    assert html_part("<s>", "a\n\n \nb\n", "zh-hans").count("<p ") == 2
    assert "<title>&lt;s&gt;</title>" in html_part("<s>", "a", "en")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("续保报价单 BJ-2026-0001（明珠港务）.pdf", "BJ-2026-0001.pdf"),
        ("报价单.pdf", "document.pdf"),
        ("quote 1 of 2.pdf", "quote-1-of-2.pdf"),
        ("没有后缀", "document"),
        ('a"b\r\n.pdf', "a-b.pdf"),
    ],
)
def test_a_file_name_has_a_plain_form(name, plain):
    assert plain_name(name) == plain
