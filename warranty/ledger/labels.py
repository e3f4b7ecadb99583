"""A ledger's fields and faults in the reader's language; the command line keeps the English ones."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contracts.ledger import FIELDS, Finding, Problem
from contracts.ledger.check import SAME_CUSTOMER
from warranty.ledger.coverage import SAME_DAY

FIELD_LABELS: Final[Mapping[str, str | Promise]] = {
    "number": _("contract number"),
    "project": _("project"),
    "customer": _("customer"),
    "credit_code": _("unified social credit code"),
    "amount": _("amount"),
    "currency": _("currency"),
    "signed_on": _("signed on"),
    "final_acceptance_on": _("final acceptance on"),
    "go_live_on": _("went live on"),
    "preliminary_on": _("preliminary acceptance on"),
    "free_months": _("free months"),
    "renewal_rate": _("renewal rate"),
    "inspections_per_year": _("inspections a year"),
    "covered_until": _("coverage ends"),
    "annual_fee": _("yearly fee"),
    "manager": _("account manager"),
    "project_manager": _("project manager"),
    "contact": _("contact"),
    "phone": _("phone"),
    "email": _("email"),
    "note": _("note"),
    "state": _("state of the contract"),
    # What a comparison names besides.
    "preliminary_acceptance_on": _("preliminary acceptance on"),
    "terms": _("maintenance terms"),
    SAME_DAY: _("acceptance day counts"),
    SAME_CUSTOMER: _("unified social credit code"),
}
assert set(FIELDS) <= set(FIELD_LABELS)

PROBLEMS: Final[Mapping[Problem, str | Promise]] = {
    Problem.MISSING: _("is missing"),
    Problem.DUPLICATE: _("stands in the file twice"),
    Problem.TOO_LONG: _("is too long"),
    Problem.NOT_POSITIVE: _("is not a positive amount"),
    Problem.TOO_LARGE: _("is too large"),
    Problem.NOT_A_DATE: _("is not a date"),
    Problem.AFTER_IMPORT: _("lies after the day of import"),
    Problem.BEFORE_SIGNING: _("lies before signing"),
    Problem.BEFORE_ACCEPTANCE: _("lies before final acceptance"),
    Problem.WITHOUT_ACCEPTANCE: _("stands without a final acceptance"),
    Problem.IMPOSSIBLE: _("cannot be"),
    Problem.ABOVE_RATE_CAP: _("is above the cap rate of %(cap)s"),
    Problem.ABOVE_CAP: _("is above the renewal cap"),
    Problem.AMBIGUOUS: _("can be read in several ways"),
    Problem.NO_ADDRESS: _("is not a mail address; not stored"),
    Problem.DAMAGED: _("was damaged by the spreadsheet; left empty"),
    Problem.CHECK_FAILED: _("fails its check; left empty"),
    Problem.UNKNOWN: _("has no value in the file; left empty"),
    Problem.NOBODY: _("is no account manager here; the contract is assigned to nobody"),
    Problem.SEVERAL: _("is the name of several account managers; the contract is assigned to nobody"),
}
#: The same with the figure that the reason rests on.
_WITH_MORE: Final[Mapping[Problem, str | Promise]] = {
    Problem.ABOVE_CAP: _("is above the renewal cap of %(more)s a year"),
    Problem.DUPLICATE: _("stands in the file twice; first: %(more)s"),
}


def field_label(name: str) -> str:
    return str(FIELD_LABELS.get(name, name))


def problem_text(finding: Finding) -> str:
    """What is wrong with the cell."""
    if finding.more and finding.problem in _WITH_MORE:
        return str(_WITH_MORE[finding.problem]) % {"more": finding.more}
    words = str(PROBLEMS[finding.problem])
    return words % {"cap": finding.cap} if finding.cap else words


def reason(finding: Finding) -> str:
    """Field, fault and what stood there, in one line: for the workbook of rejected rows."""
    value = f" ({finding.value})" if finding.value else ""
    return f"{field_label(finding.field)}: {problem_text(finding)}{value}"
