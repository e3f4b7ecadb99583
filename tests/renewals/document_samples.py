"""Filled papers as a company would send them; tests change what they are about."""

from datetime import date
from decimal import Decimal
from typing import Any

from moneyed import Money

from base.documents.base import Person, Sender
from billing.documents.data import PaymentLine, PaymentRequestPaper
from renewals.documents.data import PaperLine, ReminderLetterPaper, RenewalOffer, RenewalQuotePaper
from warranty.documents.data import LapseLetterPaper

SENDER = Sender(
    name="北京维远信息技术有限公司",
    name_en="Beijing Weiyuan Information Technology Co., Ltd.",
    credit_code="91110108MA01ABCD2X",
    address="北京市海淀区学院路1号",
    phone="010-8888 6666",
    bank_name="中国建设银行北京海淀支行",
    bank_account="1100 1018 8000 5300 1234",
)
CONTACT = Person("赟喆", "138 0013 8000", "zhao.yunzhe@example.com")
PROJECT = "某某市政务服务一体化平台建设项目"


def cny(amount: str) -> Money:
    return Money(amount, "CNY")


def letter(**changes: Any) -> dict[str, Any]:
    return {
        "on": date(2026, 11, 22),
        "sender": SENDER,
        "recipient": "某某市大数据管理局",
        "recipient_person": "王珺璟 处长",
        "contact": CONTACT,
        "project": PROJECT,
        "contract_number": "HT-2025-0108",
        **changes,
    }


def lines(count: int = 2, currency: str = "CNY") -> list[PaperLine]:
    texts = ("系统软件年度维护服务（含故障处理、版本升级、安全加固）", "定期巡检服务，每年两次，出具巡检报告")
    return [
        PaperLine(
            texts[index % 2],
            Decimal("0.06"),
            Money("113207.55", currency),
            Money("6792.45", currency),
            Money("120000.00", currency),
        )
        for index in range(count)
    ]


def renewal_quote(**changes: Any) -> RenewalQuotePaper:
    values: dict[str, Any] = letter(
        number="BJ-202611-003",
        contract_amount=cny("1200000.00"),
        first_day=date(2027, 3, 16),
        last_day=date(2028, 3, 15),
        months=12,
        cap_base=cny("1200000.00"),
        cap_rate=Decimal("0.2000"),
        cap=cny("240000.00"),
        lines=lines(),
        net=cny("226415.10"),
        tax=cny("13584.90"),
        gross=cny("240000.00"),
        valid_until=date(2027, 3, 15),
        services=[
            "7×24 小时受理故障，30 分钟内响应",
            "重大故障 6 小时内到场，一个工作日内解决；严重故障 8 小时内到场，两个工作日内解决",
            "每年两次定期巡检，出具巡检报告并经贵单位签字确认",
            "版本升级、安全补丁和使用培训",
        ],
        terms=["合同签订后 15 个工作日内一次性支付", "开具增值税电子发票，税率 6 %"],
    )
    return RenewalQuotePaper(**{**values, **changes})


def payment_request(**changes: Any) -> PaymentRequestPaper:
    values: dict[str, Any] = letter(
        number="QK-202611-001",
        contract_amount=cny("1200000.00"),
        grounds=["合同第六条“付款方式”：续保费用在维保期开始后 30 日内支付", "第一次巡检已于2026年8月20日完成"],
        lines=[
            PaymentLine(
                "26112000000012345678",
                date(2026, 10, 12),
                "系统软件年度维护服务",
                cny("240000.00"),
                cny("100000.00"),
                cny("140000.00"),
            )
        ],
        amount=cny("140000.00"),
        share=Decimal("0.1167"),
        due_on=date(2026, 12, 20),
        attachments=["电子发票 26112000000012345678", "巡检报告 XJ-2026Q3-004"],
    )
    return PaymentRequestPaper(**{**values, **changes})


OFFER = RenewalOffer("BJ-202611-003", date(2027, 3, 16), date(2028, 3, 15), cny("240000.00"), date(2027, 3, 15))


def reminder_letter(**changes: Any) -> ReminderLetterPaper:
    values: dict[str, Any] = letter(
        number="TX-202611-007", last_day=date(2027, 3, 15), offer=OFFER, reply_by=date(2027, 2, 12)
    )
    return ReminderLetterPaper(**{**values, **changes})


def lapse_letter(**changes: Any) -> LapseLetterPaper:
    values: dict[str, Any] = letter(number="TB-202611-002", last_day=date(2026, 10, 31), lapsed_on=date(2026, 11, 1))
    return LapseLetterPaper(**{**values, **changes})
