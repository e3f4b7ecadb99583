import base64
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from moneyed import Money
from pypdf import PdfReader

from base.documents.base import Paper
from tests.pictures import drawn
from tests.renewals.document_samples import (
    SENDER,
    cny,
    lapse_letter,
    lines,
    payment_request,
    reminder_letter,
    renewal_quote,
)


def pages(paper: Paper, language: str) -> list[str]:
    """The text of each page without any white space: how a line breaks is not what is tested."""
    reader = PdfReader(BytesIO(paper.render(language)))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def holds(text: str, *expected: str) -> bool:
    return all("".join(part.split()) in text for part in expected)


def test_a_chinese_quote_says_everything_on_one_page():
    (text,) = pages(renewal_quote(), "zh-hans")
    assert holds(text, "维保服务报价单", "某某市大数据管理局 王珺璟 处长", "HT-2025-0108", "¥1,200,000.00")
    assert holds(text, "2027年3月16日至2028年3月15日（含首尾两日），共 12 个月", "有效期至 2027年3月15日")
    assert holds(text, "113,207.55 6,792.45 120,000.00", "价税合计 226,415.10 13,584.90 240,000.00")
    assert holds(text, "金额大写 人民币贰拾肆万元整", "本次续保上限为：1,200,000.00 × 20% = 240,000.00")
    assert holds(text, "中国建设银行北京海淀支行", "1100 1018 8000 5300 1234", "91110108MA01ABCD2X")
    assert holds(text, "报价单位（盖章）：北京维远信息技术有限公司", "客户确认（盖章）：", "联系人：赟喆 138 0013 8000")
    assert holds(text, "编号 BJ-202611-003", "第 1 页 共 1 页")
    assert "草稿" not in text
    assert "脱保" not in text


def test_the_logo_stands_at_the_head_of_the_first_page_and_moves_nothing():
    picture = f"data:image/png;base64,{base64.b64encode(drawn(200, 60)).decode()}"
    plain, headed = renewal_quote(), renewal_quote(sender=replace(SENDER, logo=picture))

    assert pages(headed, "zh-hans") == pages(plain, "zh-hans")
    (page,) = PdfReader(BytesIO(headed.render("zh-hans"))).pages
    assert [image.image.size for image in page.images] == [(200, 60)]


def test_after_an_amendment_one_amount_stands_on_the_paper_with_the_signed_one_beside_it():
    (text,) = pages(renewal_quote(signed_amount=cny("950000.00")), "zh-hans")
    assert holds(text, "现行合同金额 ¥1,200,000.00", "签订时：¥950,000.00", "1,200,000.00 × 20% = 240,000.00")
    (plain,) = pages(renewal_quote(), "zh-hans")
    assert holds(plain, "合同金额 ¥1,200,000.00")
    assert "现行合同金额" not in plain


def test_an_english_quote_says_the_same():
    (text,) = pages(renewal_quote(), "en")
    assert holds(text, "Maintenance renewal quote", "Beijing Weiyuan Information Technology Co., Ltd.")
    assert holds(text, "16 March 2027 to 15 March 2028, both days included (12 months)", "CNY 1,200,000.00")
    assert holds(text, "Total, tax included 226,415.10 13,584.90 240,000.00", "1,200,000.00 × 20 % = 240,000.00")
    assert holds(text, "In capital words 人民币贰拾肆万元整", "No. BJ-202611-003", "Page 1 /")


def test_a_quote_for_other_months_writes_the_cap_out():
    (text,) = pages(renewal_quote(months=18, cap=cny("360000.00"), services=()), "zh-hans")
    assert holds(text, "1,200,000.00 × 20 % × 18 ÷ 12 = 360,000.00", "共 18 个月")


def test_a_gap_in_coverage_is_shown():
    paper = renewal_quote(gap=(date(2027, 3, 16), date(2027, 6, 30)))
    assert holds("".join(pages(paper, "zh-hans")), "2027年3月16日至2027年6月30日为断保期间")
    assert holds("".join(pages(paper, "en")), "There was no coverage from 16 March 2027 to 30 June 2027")


def test_another_currency_has_no_capital_words():
    gross = Money("240000.00", "USD")
    text = "".join(pages(renewal_quote(lines=lines(2, "USD"), gross=gross), "zh-hans"))
    assert holds(text, "含税金额 (USD)")
    assert "大写" not in text
    assert "人民币" not in text


def test_a_draft_is_marked_on_every_page():
    assert all("(草稿)" in text and text.count("草稿") == 2 for text in pages(renewal_quote(draft=True), "zh-hans"))
    assert all("(draft)" in text and "DRAFT" in text for text in pages(renewal_quote(draft=True), "en"))


def test_a_long_table_repeats_its_head_and_keeps_its_rows_whole():
    found = pages(renewal_quote(lines=lines(45)), "zh-hans")
    assert len(found) == 4
    with_lines = [text for text in found if "113,207.55" in text]
    assert len(with_lines) == 3
    for number, text in enumerate(found, 1):
        assert f"第{number}页共4页" in text
        assert "编号BJ-202611-003" in text
        assert ("服务项目" in text) == (text in with_lines)
    assert sum(text.count("6,792.45") for text in found) == 45


def test_the_seals_never_stand_alone_on_a_page():
    for count in range(3, 14):
        last = pages(renewal_quote(lines=lines(count)), "zh-hans")[-1]
        assert "报价单位（盖章）" in last
        assert holds(last, "付款及其他条款"), count


def test_hostile_text_is_shown_as_text_inside_the_page():
    paper = renewal_quote(
        project="<script>alert(1)</script>" + "无断点超长名称" * 15,
        contract_number="A" * 60,
        recipient="W" * 200,
        services=["<img src=x onerror=alert(1)>", "X" * 3000],
    )
    text = "".join(pages(paper, "zh-hans"))
    assert holds(text, "<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    assert text.count("W") == 200
    assert "A" * 60 in text
    reader = PdfReader(BytesIO(paper.render("zh-hans")))
    unbroken = [line for page in reader.pages for line in page.extract_text().split()]
    assert max(len(line) for line in unbroken if set(line) == {"X"}) < 90


def test_a_payment_request():
    (text,) = pages(payment_request(), "zh-hans")
    assert holds(
        text, "关于支付“某某市政务服务一体化平台建设项目”维保服务费的函", "某某市大数据管理局：", "合同第六条“付款方式”"
    )
    assert holds(text, "26112000000012345678 2026年10月12日", "240,000.00 100,000.00 140,000.00")
    assert holds(text, "本次申请金额（占合同金额 11.67%） 140,000.00", "人民币壹拾肆万元整")
    assert holds(text, "敬请贵单位于2026年12月20日前将上述款项 ¥140,000.00 支付至以下账户", "1100 1018 8000 5300 1234")
    assert holds(text, "附件：电子发票 26112000000012345678 巡检报告", "（盖章）2026年11月22日")
    (english,) = pages(payment_request(share=None), "en")
    assert holds(english, "Amount of this request 140,000.00", "Please pay CNY 140,000.00 by 20 December 2026")


def test_a_reminder_letter():
    (text,) = pages(reminder_letter(), "zh-hans")
    assert holds(
        text,
        "关于“某某市政务服务一体化平台建设项目”维保服务即将到期的提醒函",
        "特此函告。",
        "将于2027年3月15日（含当日）到期",
        "BJ-202611-003",
    )
    assert holds(text, "2027年3月16日至2028年3月15日", "¥240,000.00 人民币贰拾肆万元整")
    assert holds(text, "敬请贵单位于2027年2月12日前函复")
    assert holds(text, "附件：维保服务报价单 BJ-202611-003", "编号 TX-202611-007", "第 1 页 共 1 页")
    (english,) = pages(reminder_letter(), "en")
    assert holds(english, "is about to end", "Yours faithfully,", "ends on 15 March 2027, that day included")


def test_a_lapse_letter():
    (text,) = pages(lapse_letter(), "zh-hans")
    assert holds(
        text,
        "关于“某某市政务服务一体化平台建设项目”维保服务到期及脱保事项的函",
        "已于2026年10月31日到期",
        "自2026年11月1日起处于脱保状态",
        "断保期间不予补计",
    )
    (english,) = pages(lapse_letter(), "en")
    assert holds(english, "ended on 31 October 2026 and has not been renewed", "without coverage since 1 November 2026")


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "维保服务报价单"), ("en", "Maintenance renewal quote")])
def test_the_title_names_the_paper_for_readers_and_archives(language, title):
    info = PdfReader(BytesIO(renewal_quote(cap_rate=Decimal("0.15")).render(language))).metadata
    assert info is not None
    assert info.title == f"{title} BJ-202611-003"
