"""The mails and to-dos of coverage and inspections, as they are worded until an administrator words them anew."""

from django.utils.translation import gettext_lazy as _

from base.chatter import words
from base.documents import texts
from base.documents.texts import MailKind
from contracts.mailing import SAMPLE, VARIABLES

_VISIT = VARIABLES | {
    "day": _("planned day of the visit"), "first": _("first day of its window"), "last": _("last day of its window"),
    "engineer": _("the engineer's name"),
}
_END = VARIABLES | {"last": _("last day of coverage"), "next": _("what follows")}

INSPECTION_NOTICE = MailKind(
    "inspection_notice", _("Inspection notice"), _VISIT,
    {"zh-hans": "巡检预告：{project}，{day}", "en": "Inspection of {project} on {day}"},
    {
        "zh-hans": "{reader}：\n\n您好！根据合同 {contract}，我们计划于 {day} 对“{project}”进行巡检（约定时段：{first} 至 {last}）。\n"
        "巡检工程师：{engineer}\n\n如需调整时间，请直接回复本邮件或致电 {phone}。\n\n{company}\n{manager}\n服务热线：{hotline}",
        "en": "Dear {reader},\n\nunder contract {contract} we plan to inspect {project} on {day} "
        "(agreed between {first} and {last}).\nEngineer: {engineer}\n\nIf the day does not suit you, please answer this mail "
        "or call {phone}.\n\n{company}\n{manager}\nService hotline: {hotline}",
    },
    SAMPLE | {"day": "2026年11月26日", "first": "2026年6月26日", "last": "2026年12月26日", "engineer": "周强"},
)
INSPECTION_NOTICE_ENGINEER = MailKind(
    "inspection_notice_engineer", _("Inspection notice to the engineer"), _VISIT,
    {"zh-hans": "巡检提醒：{customer} {project}，{day}", "en": "Inspection due: {customer}, {project}, {day}"},
    {
        "zh-hans": "{engineer}：\n\n{customer}“{project}”（合同 {contract}）的巡检计划在 {day}，须在 {first} 至 {last} 之间完成并上传报告。\n"
        "客户经理：{manager} {phone}",
        "en": "{engineer},\n\nthe inspection of {project} at {customer} (contract {contract}) is planned for {day}. It must be held "
        "and reported between {first} and {last}.\nAccount manager: {manager} {phone}",
    },
    SAMPLE | {"day": "2026年11月26日", "first": "2026年6月26日", "last": "2026年12月26日", "engineer": "周强"},
)
COVERAGE_LAPSED = MailKind(
    "coverage_lapsed", _("Coverage lapsed"), _END,
    {"zh-hans": "维保到期：{project}（合同 {contract}）", "en": "Maintenance of {project} has ended (contract {contract})"},
    {
        "zh-hans": "{reader}：\n\n您好！“{project}”（合同 {contract}）的维保期已于 {last} 届满，目前处于脱保状态，"
        "免费的故障响应、巡检与升级服务随之停止。\n\n如需恢复维保，请直接回复本邮件或致电 {phone}，我们将尽快为您办理。\n\n"
        "{company}\n{manager}\n服务热线：{hotline}",
        "en": "Dear {reader},\n\nmaintenance of {project} under contract {contract} ended on {last}. Answers to faults, inspections "
        "and upgrades free of charge have ended with it.\n\nTo take it up again, please answer this mail or call {phone}.\n\n"
        "{company}\n{manager}\nService hotline: {hotline}",
    },
    SAMPLE | {"last": "2026年11月21日", "next": ""},
)


def plug() -> None:
    for kind in (INSPECTION_NOTICE, INSPECTION_NOTICE_ENGINEER, COVERAGE_LAPSED):
        texts.register(kind)
    words.say(
        events={
            "accepted": _("final acceptance recorded"), "acceptance_corrected": _("final acceptance corrected"),
            "moved": _("moved"), "end_set": _("last day set"), "term_added": _("term agreed"), "assigned": _("assigned"),
            "rescheduled": _("rescheduled"), "reported": _("reported"), "coverage_lapsed": _("coverage lapsed"),
            "term_started": _("next term started"), "imported": _("imported from a ledger"),
            "terms_removed": _("later terms removed"),
        },
        todos={
            "inspection_due": _("Inspection of %(contract)s planned for %(day)s"),
            "inspection_missed": _("Inspection of %(contract)s missed: its window ended on %(day)s"),
            "coverage_lapsed": _("Coverage of %(contract)s lapsed on %(day)s: win it back"),
            "letter_by_hand": _("No usable address for %(contract)s: hand over the letter"),
        },
    )
