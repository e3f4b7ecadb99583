"""What the plan will do, in words a person uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from contracts.enums import Coverage, RenewalMode
from contracts.models import Contract
from warranty.enums import ActionKind, ActionState

ICONS: Final = {
    ActionKind.INSPECTION: "clipboard-check",
    ActionKind.INSPECTION_NOTICE: "bell",
    ActionKind.INSPECTION_MISSED: "alarm",
    ActionKind.RENEWAL_QUOTE: "file-description",
    ActionKind.RENEWAL_SEND: "send",
    ActionKind.RENEWAL_REMINDER: "mail-forward",
    ActionKind.QUOTE_EXPIRY: "clock-x",
    ActionKind.COVERAGE_END: "shield-x",
    ActionKind.BUDGET_NOTICE: "coins",
}
STATE_COLOURS: Final[Mapping[str, str]] = {
    ActionState.PLANNED: "blue",
    ActionState.DONE: "green",
    ActionState.SKIPPED: "secondary",
    ActionState.CANCELLED: "secondary",
    ActionState.FAILED: "red",
}
COVERAGE_COLOURS: Final[Mapping[str, str]] = {
    Coverage.NONE: "secondary",
    Coverage.TRIAL: "orange",
    Coverage.FREE: "teal",
    Coverage.PAID: "blue",
    Coverage.GOODWILL: "purple",
    Coverage.GAP: "red",
    Coverage.LAPSED: "red",
}


@dataclass(frozen=True)
class Act:
    """One row of the plan, stored or projected, with what its words depend on."""

    kind: str
    step: str
    contract: Contract
    #: Another agreed term follows the one this row belongs to.
    followed: bool = False


def say(act: Act) -> str:
    """The row as a sentence in the reader's language."""
    number, _slash, days = act.step.partition("/")
    match act.kind:
        case ActionKind.INSPECTION:
            return _("Inspection %(n)s of the term is held") % {"n": number}
        case ActionKind.INSPECTION_NOTICE:
            return _("Engineer and customer are told of inspection %(n)s, %(days)s days ahead") % {
                "n": number,
                "days": days,
            }
        case ActionKind.INSPECTION_MISSED:
            return _("Alarm, if inspection %(n)s was not reported") % {"n": number}
        case ActionKind.RENEWAL_REMINDER:
            return _("The customer is reminded of the renewal, %(days)s days before the end") % {"days": number}
        case ActionKind.COVERAGE_END:
            return _("The next term starts") if act.followed else _("Coverage lapses, unless a renewal is agreed")
        case ActionKind.RENEWAL_SEND if act.contract.renewal_mode == RenewalMode.MANUAL:
            return _("The account manager is reminded to send the renewal quote")
    plain = {
        ActionKind.RENEWAL_QUOTE: _("The renewal quote is drafted"),
        ActionKind.RENEWAL_SEND: _("The renewal quote leaves by mail, unless it is held"),
        ActionKind.QUOTE_EXPIRY: _("The renewal quote expires, unless it was decided"),
        ActionKind.BUDGET_NOTICE: _("The amount for next year's budget is proposed"),
    }
    return plain.get(ActionKind(act.kind), act.kind) if act.kind in ActionKind.values else act.kind
