"""Rates of VAT: data with validity days, changed by an administrator; lines copy them and keep what they copied."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, create
from base.lib.errors import Refused
from billing.models import TaxRate

#: 商品和服务税收编码 (docs/practice.md 1.2).
_TAX_CODE = re.compile(r"\d{19}")


@transaction.atomic
def save_rate(
    *, rate: TaxRate, values: Mapping[str, Any], by: User | None, at: datetime, seen: int | None = None
) -> TaxRate:
    """Create or change a rate; a new default takes the place of the old one. Lines written before keep theirs.

    Raises `Refused` for a rate outside 0 to 1, a code that has not 19 digits, days in the wrong order, and when no
    default would be left.
    """
    require(by, "taxrates.edit")
    values = dict(values)
    _check(rate, values)
    if values.get("is_default"):
        for other in TaxRate.objects.filter(is_default=True).exclude(pk=rate.pk):
            change(other, {"is_default": False}, by=by, at=at)
    if rate.pk is None:
        for name, value in values.items():
            setattr(rate, name, value)
        return create(rate, by=by, at=at)
    change(rate, values, by=by, at=at, seen=seen)
    return rate


def _check(rate: TaxRate, values: Mapping[str, Any]) -> None:
    def now(name: str) -> Any:
        return values.get(name, getattr(rate, name))

    if now("rate") is None or not 0 <= now("rate") < 1:
        raise Refused(_("A tax rate lies between 0 % and 100 %."), field="rate")
    if not _TAX_CODE.fullmatch(now("tax_code")):
        raise Refused(_("A tax code has 19 digits."), field="tax_code")
    if now("valid_to") and now("valid_to") < now("valid_from"):
        raise Refused(_("The last day lies before the first."), field="valid_to")
    if rate.pk and rate.is_default and not now("is_default"):
        raise Refused(_("Make another rate the default instead: quotes need one."), field="is_default")
