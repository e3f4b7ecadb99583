"""The company's profile: one record, one sheet, with every change beside it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from base.accounts.access import may
from base.accounts.models import User
from base.company import operations
from base.company.models import Company
from base.company.queries import windows
from base.ui import cells
from base.ui.columns import Column, Percent
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Tool
from console import jobs
from console.forms import WEEKDAYS, CompanyForm, hours_text

#: Settings that move what is planned: with many rows by a job of its own, beside the others.
_MOVING = ("time_zone", "review_days")


class Logo(Column[Company]):
    """The picture itself."""

    def html(self, record: Company, look: Look) -> SafeString | str:
        if not record.logo:
            return cells.EMPTY
        url = f"{reverse('customer_logo')}?v={record.version}"
        return format_html('<img class="company-logo" src="{}" alt="{}">', url, gettext("logo"))


class Hours(Column[Company]):
    """The working time of each weekday; weekdays alike stand together."""

    def html(self, record: Company, look: Look) -> SafeString | str:
        lines = format_html_join("", "<div><b>{}</b> {}</div>", hours_lines())
        link = ""
        if look.may("calendar.edit"):
            link = format_html('<a href="{}">{}</a>', reverse("calendar_hours"), gettext("Change working hours"))
        return format_html("{}{}", lines, link)


def _review(our_company: Company) -> str:
    return ngettext("%(n)s working day", "%(n)s working days", our_company.review_days) % {"n": our_company.review_days}


def _kept(our_company: Company) -> str:
    return ngettext("%(n)s day", "%(n)s days", our_company.job_file_days) % {"n": our_company.job_file_days}


def hours_lines() -> list[tuple[str, str]]:
    """`Monday – Friday`, `09:00–12:00, 13:00–18:00`; days without work are left out."""
    by_weekday = windows()
    found: list[tuple[int, int, str]] = []
    for number in range(7):
        text = hours_text(by_weekday.get(number, ()))
        if text and found and found[-1][1:] == (number - 1, text):
            found[-1] = (found[-1][0], number, text)
        elif text:
            found.append((number, number, text))
    return [
        (str(WEEKDAYS[first]) if first == last else f"{WEEKDAYS[first]} – {WEEKDAYS[last]}", text)
        for first, last, text in found
    ]


class CompanyPage(ModelPage[Company]):
    model, slug, icon = Company, "company", "building-skyscraper"
    key = "name"
    title = _("Company")
    actions = Actions(view="company.view", edit="company.edit")
    columns = [Column("name"), Column("credit_code"), Column("time_zone")]
    sheet = [
        Group(_("Who we are"), ["name", "name_en", "credit_code", "address", "phone", "hotline", Logo("logo")]),
        Group(_("Bank"), ["bank_name", "bank_account"]),
        Group(_("Mail to customers"), ["sender_name", "sender_email", "mail_on_hold", "tell_lateness"]),
        Group(
            _("How we work"),
            [
                "time_zone",
                Column("daily_run_at", value=lambda our_company: f"{our_company.daily_run_at:%H:%M}"),
                Column("review_days", value=_review),
                Percent("approval_deviation"),
                Column("job_file_days", value=_kept),
                Hours("hours", label=_("working hours")),
            ],
        ),
        Group(_("How long we keep what"), ["access_months", "contact_years", "caller_years", "signer_years"]),
    ]
    tools = [Tool(_("Working calendar"), "calendar", "calendar")]
    form = CompanyForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Company]:
        return Company.objects.all() if may(user, "company.view") else Company.objects.none()

    @classmethod
    def subtitle(cls, record: Company) -> Text:
        return record.name_en

    @classmethod
    def save(
        cls, record: Company, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> Company:
        values = dict(values)
        logo = values.pop("logo", None)
        if values.pop("remove_logo", False):
            values["logo"] = ""
        if isinstance(logo, UploadedFile):
            values["logo"] = logo
        moving = {
            name: values.pop(name) for name in _MOVING if name in values and values[name] != getattr(record, name)
        }
        look = Look(user=by, today=on, now=at)
        if moving and jobs.moves_much(look):
            jobs.ask_change("company", moving, look)
        else:
            values |= moving
        operations.edit_company(values=values, by=by, at=at, seen=seen)
        return record
