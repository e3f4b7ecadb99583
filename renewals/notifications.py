"""The mails, events and to-dos of renewal, as they are worded until an administrator words them anew."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from base.chatter import labels
from base.mail import texts
from base.mail.texts import from_files
from contracts.notifications import VARIABLES, samples

_QUOTE = VARIABLES | {
    "quote": _("the quote's number"),
    "price": _("the price, tax included"),
    "link": _("the link to look and decide"),
    "first": _("first day of the new term"),
    "last": _("last day of the new term"),
    "ends": _("last day of the present term"),
    "valid_until": _("last day the quote is valid"),
}
_PRICE, _ENDS = Money("240000.00", "CNY"), date(2027, 3, 15)
_SAMPLES = samples(
    quote="BJ-2026-0001",
    price=_PRICE,
    link="https://weibao.example.com/q/…/",
    first=date(2027, 3, 16),
    last=date(2028, 3, 15),
    ends=_ENDS,
    valid_until=_ENDS,
)

_DECIDE = _("View and answer the quote")
QUOTE = from_files("renewal_quote", _("Renewal quote"), _QUOTE, _SAMPLES, needs="quotes.view", button=_DECIDE)
REMINDER = from_files("renewal_reminder", _("Renewal reminder"), _QUOTE, _SAMPLES, needs="quotes.view", button=_DECIDE)
#: Whether we know who is to be invoiced.
BILLING_KNOWN = _(
    "We will issue the invoice with these particulars. Please check them, and reply to this email if anything has changed:"
)
BILLING_UNKNOWN = _(
    "To issue the invoice we still need your invoice title, tax number and the address for the invoice: please reply to this email with them."
)
ACCEPTED = from_files(
    "quote_accepted",
    _("Renewal confirmed"),
    VARIABLES
    | {
        "quote": _("the quote's number"),
        "price": _("the price, tax included"),
        "first": _("first day of the new term"),
        "last": _("last day of the new term"),
        "name": _("who accepted"),
        "when": _("when it was accepted"),
        "billing": _("how the invoice is made out"),
        "title": _("the title of the invoice"),
        "tax_number": _("the buyer's tax number"),
        "invoice_email": _("where the invoice goes"),
        "days": _("days to pay"),
    },
    samples(
        quote="BJ-2026-0001",
        price=_PRICE,
        first=date(2027, 3, 16),
        last=date(2028, 3, 15),
        name=("王芳", "Wang Fang"),
        when=("2026年12月22日 15:10", "22 December 2026, 15:10"),
        billing=(
            "我们将按以下开票信息开具发票，请核对；如有变动，请直接回复本邮件：",
            "We will issue the invoice with these particulars. Please check them, and reply to this email if anything has changed:",
        ),
        title=("明珠港务有限公司", "Pearl Port Ltd"),
        tax_number="91310000MA1FL0001X",
        invoice_email="invoices@customer.example",
        days="30",
    ),
    needs="quotes.view",
)
REPLACED = from_files(
    "quote_replaced",
    _("A new quote follows"),
    VARIABLES | {"quote": _("the number of the quote that no longer stands")},
    samples(quote="BJ-2026-0001"),
)
BUDGET = from_files(
    "budget_notice",
    _("Budget notice"),
    VARIABLES | {"price": _("the proposed amount"), "ends": _("last day of coverage"), "year": _("the budget year")},
    samples(price=_PRICE, ends=_ENDS, year="2027"),
    needs="prices.view",
)


def register() -> None:
    for kind in (QUOTE, REMINDER, ACCEPTED, REPLACED, BUDGET):
        texts.register(kind)
    labels.say(
        events={
            "drafted": _("drafted"),
            "priced": _("price set"),
            "approved": _("approved"),
            "price_refused": _("price refused"),
            "held": _("hold changed"),
            "redrafted": _("made anew"),
            "sent": pgettext_lazy("quote", "sent"),
            "validity_counted": _("valid from the day its mail leaves"),
            "superseded": _("no longer stands"),
            "cancelled": pgettext_lazy("quote", "cancelled"),
            "quote_accepted": _("accepted by the customer"),
            "declined": _("declined by the customer"),
            "expired": _("expired"),
            "renewed": _("renewed"),
            "acceptance_withdrawn": _("acceptance taken back"),
            "renewal_withdrawn": _("renewal taken back"),
            "renewal_opened_again": _("renewal planned again"),
        },
        todos={
            "quote_to_review": _("Look at the draft quote %(quote)s for %(customer)s (%(price)s)"),
            "quote_to_send": _("Send quote %(quote)s for %(contract)s by hand"),
            "quote_by_hand": _("No usable address: hand quote %(quote)s for %(contract)s over as PDF"),
            "quote_to_approve": _("Approve the price of quote %(quote)s (%(contract)s)"),
            "price_refused": _("The price of quote %(quote)s (%(contract)s) was refused: %(reason)s"),
            "no_quote_sent": _("No quote was sent for %(contract)s, which ends on %(day)s"),
            "remind_customer": _("Remind %(customer)s of quote %(quote)s"),
            "renewal_again": _("%(contract)s: quote %(quote)s no longer stands; a new one is drafted on %(day)s"),
            "renewal_to_decide": _(
                "%(contract)s: quote %(quote)s was called back. Make a new one, snooze the renewal, or offer none"
            ),
            "acceptance_taken_back": _(
                "%(contract)s: the acceptance of %(quote)s was taken back, the quote is open again. What is to follow?"
            ),
            "quote_declined": _("%(contract)s: the customer declined quote %(quote)s"),
            "budget_notice": _("Budget season: propose %(price)s to %(customer)s (%(contract)s ends on %(day)s)"),
        },
        needs={"quote_to_review": "quotes.view", "budget_notice": "prices.view"},
        values={
            "acceptance": _("the customer's paper"),
        },
    )
