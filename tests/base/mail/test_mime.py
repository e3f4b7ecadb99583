from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.text import clean
from base.mail.mime import Sender, build, html_part, plain_name
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
            'https://a.example/"onclick="x',
            '<a href="https://a.example/&quot;onclick=&quot;x">https://a.example/&quot;onclick=&quot;x</a>',
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("one\ntwo", "one<br>\ntwo"),
    ],
)
def test_the_page_shows_the_words_and_nothing_else(text, expected):
    assert f">{expected}</p>" in html_part("s", text, "en")


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
