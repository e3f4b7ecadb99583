"""Values of quotes that look their own way: the price by the rule, shares of the cap, masked links."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from base.lib.money import format_money
from base.lib.percent import percent
from base.ui import cells
from base.ui.columns import Column
from base.ui.look import Look
from base.ui.paths import attached
from renewals.models import RenewalQuote


class RulePrice(Column[RenewalQuote]):
    """The price by the rule, and how far the quote's own departs from it; amber from where a director must agree."""

    def html(self, record: RenewalQuote, look: Look) -> SafeString | str:
        rule = cells.money_html(record.rule_price, look)
        if not attached(record, "deviation"):
            return rule
        tone = "text-warning-strong" if attached(record, "departs") else "text-secondary"
        return format_html(
            '{} <small class="{}">{}</small>', rule, tone, percent(attached(record, "deviation"), signed=True)
        )


class CapUsed(Column[RenewalQuote]):
    """How much of the cap a price takes: a bar and the per cent in words."""

    def html(self, record: RenewalQuote, look: Look) -> SafeString | str:
        share = percent(attached(record, "cap_used"))
        return format_html(
            '<span class="cap-used"><progress value="{}" max="1" aria-hidden="true"></progress>{}</span>',
            attached(record, "cap_used"),
            share,
        )

    def text(self, record: RenewalQuote, look: Look) -> str:
        return percent(attached(record, "cap_used"))


class CapWords(Column[RenewalQuote]):
    """The cap written out, as the contract sheet and the quote's PDF do: base × rate = cap."""

    def html(self, record: RenewalQuote, look: Look) -> SafeString | str:
        return format_html_join(" ", '<span class="money">{}</span>', ((part,) for part in self._parts(record, look)))

    def text(self, record: RenewalQuote, look: Look) -> str:
        return " ".join(self._parts(record, look))

    def _parts(self, record: RenewalQuote, look: Look) -> list[str]:
        months = "" if record.months == 12 else f" × {record.months} / 12"
        return [
            format_money(record.cap_base, look.language),
            f"× {cells.percent_text(record.cap_rate)}{months}",
            f"= {format_money(attached(record, 'cap'), look.language)}",
        ]


class MaskedLink(Column[RenewalQuote]):
    """The customer's link, of which a screen shows the last four characters only (docs/rules.md 7.5)."""

    def html(self, record: RenewalQuote, look: Look) -> SafeString | str:
        if not attached(record, "link_tail"):
            return cells.EMPTY
        text = _("used") if record.link.used_at else _("closed") if record.link.revoked else ""
        return format_html(
            '<code>/q/…{}/</code> <small class="text-secondary">{}</small>', attached(record, "link_tail"), text
        )
