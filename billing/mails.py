"""The mails, events and to-dos of renewal, as they are worded until an administrator words them anew."""

from django.utils.translation import gettext_lazy as _

from base.chatter import words
from base.documents import texts
from base.documents.texts import MailKind
from contracts.mailing import SAMPLE, VARIABLES

_QUOTE = VARIABLES | {
    "quote": _("the quote's number"), "price": _("the price, tax included"), "link": _("the link to look and decide"),
    "first": _("first day of the new term"), "last": _("last day of the new term"),
    "ends": _("last day of the present term"), "valid_until": _("last day the quote is valid"),
}
_SAMPLE = SAMPLE | {
    "quote": "BJ-2026-0001", "price": "¥240,000.00", "link": "https://weibao.example.com/q/…/", "first": "2027年3月16日",
    "last": "2028年3月15日", "ends": "2027年3月15日", "valid_until": "2027年3月15日",
}

QUOTE = MailKind(
    "renewal_quote", _("Renewal quote"), _QUOTE,
    {"zh-hans": "续保报价 {quote}：{project}（合同 {contract}）", "en": "Renewal quote {quote}: {project} (contract {contract})"},
    {
        "zh-hans": "{reader}：\n\n您好！“{project}”（合同 {contract}）的维保期将于 {ends} 届满。为保证系统持续稳定运行，"
        "现呈上续保报价 {quote}：\n\n维保期限：{first} 至 {last}\n报价（含税）：{price}\n有效期至：{valid_until}\n\n"
        "请点击以下链接查看报价并确认：\n{link}\n\n正式报价单见附件。如有任何问题，请直接回复本邮件或致电 {phone}。\n\n"
        "{company}\n{manager}\n服务热线：{hotline}",
        "en": "Dear {reader},\n\nmaintenance of {project} under contract {contract} ends on {ends}. So that it goes on without a gap "
        "we offer its renewal by quote {quote}:\n\nTerm: {first} to {last}\nPrice, tax included: {price}\nValid until: {valid_until}\n\n"
        "Look at the quote and decide here:\n{link}\n\nThe quote is attached. For any question please answer this mail or call {phone}.\n\n"
        "{company}\n{manager}\nService hotline: {hotline}",
    },
    _SAMPLE,
)
REMINDER = MailKind(
    "renewal_reminder", _("Renewal reminder"), _QUOTE,
    {"zh-hans": "续保提醒：{project} 维保将于 {ends} 到期", "en": "Reminder: maintenance of {project} ends on {ends}"},
    {
        "zh-hans": "{reader}：\n\n您好！“{project}”（合同 {contract}）的维保期将于 {ends} 届满，我们此前发送的续保报价 {quote} 仍在有效期内"
        "（至 {valid_until}）。\n\n维保期限：{first} 至 {last}\n报价（含税）：{price}\n\n请点击以下链接查看并确认：\n{link}\n\n"
        "维保到期后，免费的故障响应、巡检与升级服务将停止。如有任何问题，请直接回复本邮件或致电 {phone}。\n\n"
        "{company}\n{manager}\n服务热线：{hotline}",
        "en": "Dear {reader},\n\nmaintenance of {project} under contract {contract} ends on {ends}. Our quote {quote} is still open "
        "(until {valid_until}).\n\nTerm: {first} to {last}\nPrice, tax included: {price}\n\nLook at it and decide here:\n{link}\n\n"
        "Without a renewal, answers to faults, inspections and upgrades free of charge end that day. For any question please answer "
        "this mail or call {phone}.\n\n{company}\n{manager}\nService hotline: {hotline}",
    },
    _SAMPLE,
)
BUDGET = MailKind(
    "budget_notice", _("Budget notice"),
    VARIABLES | {"price": _("the proposed amount"), "ends": _("last day of coverage"), "year": _("the budget year")},
    {"zh-hans": "{year} 年维保预算建议：{project}", "en": "Budget {year}: maintenance of {project}"},
    {
        "zh-hans": "{reader}：\n\n您好！“{project}”（合同 {contract}）的维保期将于 {ends} 届满。为便于贵单位编制 {year} 年度预算，"
        "建议安排维保费用 {price}（含税）。正式报价将在到期前另行呈送。\n\n{company}\n{manager}\n联系电话：{phone}",
        "en": "Dear {reader},\n\nmaintenance of {project} under contract {contract} ends on {ends}. For your budget of {year} we propose "
        "{price}, tax included. The quote itself will follow before that day.\n\n{company}\n{manager}\nPhone: {phone}",
    },
    SAMPLE | {"price": "¥240,000.00", "ends": "2027年3月15日", "year": "2027"},
)


def plug() -> None:
    for kind in (QUOTE, REMINDER, BUDGET):
        texts.register(kind)
    words.say(
        events={
            "drafted": _("drafted"), "priced": _("price set"), "approved": _("approved"), "held": _("hold changed"),
            "redrafted": _("made anew"), "sent": _("sent"), "superseded": _("replaced by a newer one"),
            "cancelled": _("cancelled"), "declined": _("declined by the customer"), "expired": _("expired"),
            "renewed": _("renewed"), "acceptance_withdrawn": _("acceptance taken back"),
            "renewal_withdrawn": _("renewal taken back"), "requested": _("invoice requested"), "issued": _("tax invoice issued"),
            "void": _("void"), "paid": _("payment recorded"), "credited": _("credited"), "exported": _("exported"),
        },
        todos={
            "quote_to_review": _("Look at the draft quote %(quote)s for %(customer)s (%(price)s)"),
            "quote_to_send": _("Send quote %(quote)s for %(contract)s by hand"),
            "quote_by_hand": _("No usable address: hand quote %(quote)s for %(contract)s over as PDF"),
            "quote_to_approve": _("Approve the price of quote %(quote)s (%(contract)s)"),
            "no_quote_sent": _("No quote was sent for %(contract)s, which ends on %(day)s"),
            "remind_customer": _("Remind %(customer)s of quote %(quote)s"),
            "quote_declined": _("%(contract)s: the customer declined quote %(quote)s"),
            "budget_notice": _("Budget season: propose %(price)s to %(customer)s (%(contract)s ends on %(day)s)"),
            "invoice_to_request": _("Request the tax invoice %(invoice)s for %(contract)s"),
            "invoice_to_issue": _("Issue the tax invoice %(invoice)s for %(contract)s"),
        },
    )
