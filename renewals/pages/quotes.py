"""The screens of renewal quotes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from base.accounts.access import NOBODY
from base.accounts.models import User
from base.company.queries import company, start_of
from base.documents.jobs import papers_move
from base.documents.pages import papers_tab
from base.mail.pages.about import mails_about, mails_tab
from base.ui.cells import day_text
from base.ui.columns import Badge, Column, Due
from base.ui.filters import Apply, Choice, DateRange, NumberRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Board, CountOf, Group, SmartButton, Tab
from base.ui.paths import attach, attached
from billing.pages.columns import LinesTable, Stretch
from billing.pages.shared import own
from contracts.queries import reader_of
from contracts.rules import renewal_cap
from renewals import quotes
from renewals.enums import QuoteStatus
from renewals.forms import QuoteForm
from renewals.invoicing import invoices_of
from renewals.models import RenewalQuote
from renewals.pages.columns import CapUsed, CapWords, MaskedLink, RulePrice
from renewals.pages.quote_moves import MOVES
from renewals.queries import content_hash, gap_before, link_token, waiting_for_approval
from renewals.rules import departs

COLOURS = {
    "draft": "azure",
    "sent": "blue",
    "accepted": "green",
    "declined": "red",
    "expired": "orange",
    "superseded": "secondary",
    "cancelled": "secondary",
}
#: From how many days before its last valid day an open quote is worth a call.
SOON = timedelta(days=14)


def _expires_soon(rows: models.QuerySet[RenewalQuote], look: Look) -> models.QuerySet[RenewalQuote]:
    return rows.filter(status=QuoteStatus.SENT, valid_until__lte=look.today + SOON)


def _this_month(status: QuoteStatus) -> Apply[RenewalQuote]:
    """Quotes whose customer decided so since the first of the month."""

    def apply(rows: models.QuerySet[RenewalQuote], look: Look) -> models.QuerySet[RenewalQuote]:
        return rows.filter(status=status, decided_at__gte=start_of(look.today.replace(day=1)))

    return apply


def _gap(quote: RenewalQuote) -> str:
    """The days between the last term and the quoted one, which no one pays for (docs/rules.md 1)."""
    gap = gap_before(quote)
    if gap is None:
        return ""
    days = (gap[1] - gap[0]).days + 1
    text = ngettext("%(n)s day: %(first)s … %(last)s", "%(n)s days: %(first)s … %(last)s", days)
    first, last = (day_text(day, get_language() or "en") for day in gap)
    return text % {"n": days, "first": first, "last": last}


def _approval(quote: RenewalQuote) -> str:
    """Whether a director must agree to the price, and has."""
    if attached(quote, "refused"):
        return gettext("refused: %(reason)s") % {"reason": quote.refusal}
    if attached(quote, "awaits"):
        return gettext("waits for a director")
    if attached(quote, "departs") and quote.approved_by:
        return gettext("approved by %(who)s") % {"who": quote.approved_by}
    return gettext("not needed") if not attached(quote, "departs") else ""


def _reader(quote: RenewalQuote) -> str:
    reader = reader_of(quote.contract)
    return f"{reader.name} <{reader.email}>".strip() if reader.email else gettext("nobody: no usable address")


def _versions(quote: RenewalQuote, look: Look) -> Sequence[RenewalQuote]:
    """All versions under the quote's number that this person may see, the newest first."""
    return list(RenewalQuote.objects.visible_to(look.user).filter(number=quote.number).order_by("-revision"))


class QuotePage(ModelPage[RenewalQuote]):
    model, slug, icon = RenewalQuote, "quotes", "file-invoice"
    key = "number"
    title = _("Renewal quotes")
    actions = Actions(view="quotes.view", edit="quotes.edit", export="contracts.export")
    #: The hash an approval is bound to says nothing to anybody.
    guards = dict.fromkeys(("price", "rule_price", "yardstick", "cap_base", "cap_rate", "cap_used"), "prices.view") | {
        "approved_hash": NOBODY,
        "refused_hash": NOBODY,
    }
    empty = _("The daily run drafts a quote 90 days before coverage ends; a contract's sheet makes one at any time.")
    search = ["number", "contract__search", "contract__customer__search"]
    columns = [
        Column("number", value=str, sort="number"),
        Column("contract__customer", link=True),
        Column("contract", link=True),
        Stretch("first_day", "last_day", label=_("Period")),
        Column("months"),
        Column("price", total=True),
        RulePrice("rule_price"),
        CapUsed("cap_used", label=_("cap used"), align="end"),
        Badge("status", COLOURS),
        Due("valid_until", near=14, open_=lambda quote: quote.is_open),
        Column("contract__manager", optional=True),
        Column("on", optional=True),
        Column("sent_at", optional=True),
        Column("decided_at", optional=True),
        Column("on_hold", optional=True),
    ]
    filters = [
        Quick("mine", _("My contracts"), own),
        Quick("to_review", _("To review"), lambda rows, look: rows.filter(status=QuoteStatus.DRAFT), divider=True),
        Quick("to_approve", _("Waits for approval"), lambda rows, look: waiting_for_approval(rows)),
        Quick("held", _("On hold"), lambda rows, look: rows.filter(on_hold=True)),
        Quick("open", _("Sent and open"), lambda rows, look: rows.filter(status=QuoteStatus.SENT), divider=True),
        Quick("expires_soon", _("Expires within 14 days"), _expires_soon),
        Quick("accepted_this_month", _("Accepted this month"), _this_month(QuoteStatus.ACCEPTED)),
        Quick("declined_this_month", _("Declined this month"), _this_month(QuoteStatus.DECLINED)),
        Choice("status"),
        Relation("contract__customer"),
        Relation("contract__manager"),
        Relation("contract"),
        DateRange("first_day"),
        DateRange("valid_until"),
        NumberRange("price"),
    ]
    group_by = [
        "status",
        "contract__manager",
        "contract__customer",
        "first_day:month",
        "valid_until:month",
        "decided_at:month",
    ]
    sheet = [
        Group(
            _("Offer"),
            [
                Column("contract", link=True),
                Column("contract__customer", link=True),
                Column("contract__project"),
                Stretch("first_day", "last_day", label=_("Period")),
                "months",
                Column("gap", value=_gap, label=_("without coverage")),
            ],
        ),
        Group(
            _("Price"),
            [
                "price",
                RulePrice("rule_price"),
                "yardstick",
                CapWords("cap_base", label=_("renewal cap")),
                CapUsed("cap_used", label=_("cap used")),
                Column("approval", value=_approval, label=_("approval")),
            ],
        ),
        Group(_("Lines"), [LinesTable("lines", label=_("lines"))]),
        Group(
            _("On its way"),
            [
                Column("reader", value=_reader, label=_("goes to")),
                "sent_at",
                Due("valid_until", near=14, open_=lambda quote: quote.is_open),
                MaskedLink("link_tail", label=_("customer's link")),
                Column("hold_reason"),
            ],
        ),
        Group(pgettext_lazy("quote", "Decision"), ["decided_at", "decided_by_name", "reason", "term"]),
    ]
    tabs = [
        papers_tab("quotes", mail_url="quote_mail"),
        mails_tab(),
        Tab(
            "versions",
            _("Versions"),
            "renewals/quote_versions.html",
            context=lambda quote, look: {"versions": _versions(quote, look)},
        ),
    ]
    buttons = [
        SmartButton(
            "contract",
            _("Contract"),
            "file-text",
            count=lambda quote, look: quote.contract.number,
            url=lambda quote, look: f"/contracts/{quote.contract_id}/",
            action="contracts.view",
        ),
        SmartButton(
            "invoices",
            _("Invoices"),
            "receipt",
            count=CountOf(lambda quote, look: invoices_of(quote)),
            url=lambda quote, look: f"/invoices/?quote={quote.pk}",
            action="invoices.view",
        ),
        SmartButton(
            "mails",
            _("Mails"),
            "mail",
            count=CountOf(lambda quote, look: mails_about(quote)),
            url=lambda quote, look: f"{QuotePage.address('sheet', quote.pk)}?tab=mails",
            action="mails.view",
        ),
    ]
    moves = MOVES
    bulk = [papers_move("quotes", "quotes.view")]
    form = QuoteForm
    status_field = "status"
    status_path = [QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.ACCEPTED]
    status_colours = COLOURS
    board = Board(
        ["contract__customer", "contract__project", "price", CapUsed("cap_used", label=_("cap used"))],
        columns=["draft", "sent", "accepted", "declined", "expired", "cancelled"],
        closed=["accepted", "declined", "expired", "cancelled"],
    )
    banner_template = "renewals/quote_banner.html"

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[RenewalQuote]:
        return RenewalQuote.objects.visible_to(user).select_related(
            "contract__customer",
            "contract__manager",
            "contract__contact",
            "follows_term",
            "approved_by",
            "priced_by",
            "link",
        )

    @classmethod
    def prepare(cls, records: list[RenewalQuote], look: Look) -> None:
        limit = look.once("approval_deviation", lambda: company().approval_deviation)
        far = [each for each in records if departs(each.price, each.measures, limit)]
        prefetch_related_objects([each for each in far if each.status == QuoteStatus.DRAFT], "lines")
        for quote in records:
            cap = renewal_cap(quote.cap_base, quote.cap_rate, quote.months)
            rule = quote.rule_price.amount
            is_draft, is_far = quote.status == QuoteStatus.DRAFT, quote in far
            attach(
                quote,
                viewer=look.user,
                cap=cap,
                cap_used=quote.price.amount / cap.amount if cap.amount else Decimal(0),
                deviation=(quote.price.amount - rule) / rule if rule else Decimal(0),
                departs=is_far,
                awaits=is_draft and is_far and quote.approved_hash != content_hash(quote),
                refused=is_draft and is_far and quote.refused_hash == content_hash(quote),
                link_tail=link_token(quote)[-4:] if hasattr(quote, "link") else "",
            )

    @classmethod
    def save(
        cls, record: RenewalQuote, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> RenewalQuote:
        quotes.edit_quote(quote=record, lines=values["lines"], months=values["months"], by=by, at=at, seen=seen)
        return record

    @classmethod
    def may_edit(cls, record: RenewalQuote, look: Look) -> bool:
        return bool(record.status == QuoteStatus.DRAFT)

    @classmethod
    def subtitle(cls, record: RenewalQuote) -> Text:
        return f"{record.contract.customer} · {record.contract.project or record.contract}"

    @classmethod
    def banner(cls, record: RenewalQuote, look: Look) -> Mapping[str, Any]:
        newer = [each for each in _versions(record, look) if each.revision > record.revision]
        return {"newer": newer[0] if newer else None}
