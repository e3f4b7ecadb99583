"""Tax rates with their codes and the days they are valid on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.accounts.access import may
from base.accounts.models import User
from base.ui.columns import Column, Percent
from base.ui.filters import DateRange, Quick
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group
from billing.forms import TaxRateForm
from billing.models import TaxRate
from billing.tax_rates import save_rate


def _valid(rows: models.QuerySet[TaxRate], look: Look) -> models.QuerySet[TaxRate]:
    return rows.filter(Q(valid_to=None) | Q(valid_to__gte=look.today), valid_from__lte=look.today)


def _over(rows: models.QuerySet[TaxRate], look: Look) -> models.QuerySet[TaxRate]:
    return rows.filter(valid_to__lt=look.today)


class TaxRatePage(ModelPage[TaxRate]):
    model, slug, icon = TaxRate, "tax-rates", "receipt-tax"
    key = "name"
    actions = Actions(view="taxrates.view", create="taxrates.edit", edit="taxrates.edit", export="taxrates.view")
    empty = _("Quotes need at least one rate that is valid.")
    columns = [
        Column("name"),
        Percent("rate", align="end"),
        Column("tax_code"),
        Column("valid_from"),
        Column("valid_to"),
        Column("is_default"),
    ]
    filters = [
        Quick("valid", _("Valid today"), _valid),
        Quick("over", _("No longer valid"), _over),
        DateRange("valid_from"),
    ]
    group_by = ["is_default"]
    sheet = [
        Group(_("Rate"), ["name", Percent("rate"), "tax_code", "is_default"]),
        Group(_("Validity"), ["valid_from", "valid_to"]),
    ]
    form = TaxRateForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[TaxRate]:
        return TaxRate.objects.all() if may(user, "taxrates.view") else TaxRate.objects.none()

    @classmethod
    def save(
        cls, record: TaxRate, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> TaxRate:
        return save_rate(rate=record, values=values, by=by, at=at, seen=seen)
