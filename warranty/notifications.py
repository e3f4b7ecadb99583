"""The mails and to-dos of coverage and inspections, as they are worded until an administrator words them anew."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from base.chatter import labels
from base.mail import texts
from base.mail.texts import from_files
from contracts.notifications import VARIABLES, samples

_VISIT = VARIABLES | {
    "day": _("planned day of the visit"),
    "first": _("first day of its window"),
    "last": _("last day of its window"),
    "engineer": _("the engineer's name"),
}
_END = VARIABLES | {"last": _("last day of coverage"), "next": _("what follows")}
_VISIT_SAMPLES = samples(
    day=date(2026, 11, 26), first=date(2026, 6, 26), last=date(2026, 12, 26), engineer=("周强", "Zhou Qiang")
)

INSPECTION_NOTICE = from_files(
    "inspection_notice",
    _("Inspection notice"),
    _VISIT,
    _VISIT_SAMPLES,
)
INSPECTION_NOTICE_ENGINEER = from_files(
    "inspection_notice_engineer",
    _("Inspection notice to the engineer"),
    _VISIT,
    _VISIT_SAMPLES,
)
COVERAGE_LAPSED = from_files("coverage_lapsed", _("Coverage lapsed"), _END, samples(last=date(2026, 11, 21), next=""))


def register() -> None:
    for kind in (INSPECTION_NOTICE, INSPECTION_NOTICE_ENGINEER, COVERAGE_LAPSED):
        texts.register(kind)
    labels.say(
        events={
            "accepted": _("final acceptance recorded"),
            "acceptance_corrected": _("final acceptance corrected"),
            "moved": _("moved"),
            "end_set": _("last day set"),
            "term_added": _("term agreed"),
            "assigned": _("assigned"),
            "rescheduled": _("rescheduled"),
            "reported": _("reported"),
            "coverage_lapsed": _("coverage lapsed"),
            "term_started": _("next term started"),
            "imported": _("imported from a ledger"),
            "terms_removed": _("later terms removed"),
            "restored": _("back with its contract"),
        },
        todos={
            "inspection_due": _("Inspection of %(contract)s planned for %(day)s"),
            "inspection_missed": _("Inspection of %(contract)s missed: its window ended on %(day)s"),
            "coverage_lapsed": _("Coverage of %(contract)s lapsed on %(day)s: win it back"),
            "letter_by_hand": _("No usable address for %(contract)s: hand over the letter"),
        },
        values={
            "report": _("signed report"),
            "contract terminated": _("contract terminated"),
            "contract ends": _("contract ends"),
        },
    )
