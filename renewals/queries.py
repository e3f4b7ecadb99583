"""Questions about renewal quotes and their prices."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Case, F, Q, QuerySet, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Abs, Cast, Coalesce, Least, Round
from moneyed import Money

from base.company.queries import company
from base.lib.money import minor_digits, to_minor, total
from base.mail.models import MailStatus, OutgoingMail
from base.mail.queries import mail_server
from base.mail.tokens import derive
from contracts.models import Contract
from contracts.queries import in_force
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote
from renewals.rules import Measures, PaidTerm, measures
from service.promises import penalties
from warranty.enums import TermKind
from warranty.models import MaintenanceTerm
from warranty.planning.forecast_sums import in_force_next
from warranty.rules import DAY, Period


def last_paid(terms: Iterable[MaintenanceTerm]) -> PaidTerm | None:
    """The latest paid term of a contract; `terms` in order."""
    paid = [PaidTerm(term.price, term.months) for term in terms if term.kind == TermKind.PAID]
    return paid[-1] if paid else None


def price_by_rule(contract: Contract, terms: Sequence[MaintenanceTerm], period: Period) -> Money:
    """What the rule asks for a period that follows `terms`, by what is in force on its first day."""
    return measures_of(contract, terms, period).rule


def measures_of(contract: Contract, terms: Sequence[MaintenanceTerm], period: Period) -> Measures:
    """The rule's price for a period that follows `terms`, and what another price is measured by."""
    agreed = in_force(contract, period.first_day)
    return measures(
        agreed.amount,
        cap_rate=contract.cap_rate,
        renewal_rate=agreed.renewal_rate,
        months=period.months,
        last_paid=last_paid(terms),
    )


def minor_price_by_rule(term: str = "") -> Least:
    """`price_by_rule` for the database: what follows a contract's last term, in whole minor units of its currency.

    `term` is the path to the term from rows with a contract. Holds where the latest price, if any, is the last term's own.
    """
    unit, months = _unit("contract__amount_currency"), F("contract__renewal_months")
    amount = Cast(Round(in_force_next("amount") * unit), BigIntegerField())
    cap = _share(amount, F("contract__cap_rate"), months)
    agreed = _share(amount, in_force_next("renewal_rate"), months)
    was_paid = Q(**{f"{term}kind": TermKind.PAID, f"{term}price_currency": F("contract__amount_currency")})
    paid = Cast(Round(F(f"{term}price") * unit), BigIntegerField())
    as_before = Case(When(was_paid, then=paid * months / F(f"{term}months")), output_field=BigIntegerField())
    return Least(Coalesce(as_before, agreed, cap), cap)


def _unit(currency: str) -> Case:
    """How many minor units the currency has in a whole one."""
    by_digits: dict[int, list[str]] = {}
    for code in settings.CURRENCIES:
        by_digits.setdefault(minor_digits(code), []).append(code)
    ways = [When(**{f"{currency}__in": codes}, then=10**digits) for digits, codes in by_digits.items() if digits != 2]
    return Case(*ways, default=100, output_field=BigIntegerField())


def _share(minor: Combinable, rate: Combinable, months: Combinable) -> Combinable:
    """A yearly share of a sum for some months, cut off: whole numbers are divided, in basis points."""
    points = Cast(Round(rate * 10_000), BigIntegerField())
    return minor * points * Cast(months, BigIntegerField()) / 120_000


def quoted(contracts: Collection[int]) -> set[int]:
    """Which of these contracts have a quote, in whatever state."""
    return set(RenewalQuote.objects.filter(contract__in=contracts).values_list("contract", flat=True))


def not_left(quotes: Iterable[int]) -> set[int]:
    """Which of these sent quotes the customer has not got: their mail still waits.

    Where no mail server is set no mail will ever leave: their days count from when they were sent.
    """
    if mail_server() is None:
        return set()
    kind = ContentType.objects.get_for_model(RenewalQuote)
    mails = OutgoingMail.objects.filter(target_type=kind, target_id__in=list(quotes), kind="renewal_quote")
    return set(mails.filter(status=MailStatus.QUEUED, resend_of=None).values_list("target_id", flat=True))


def content_hash(quote: RenewalQuote) -> str:
    """What an approval is bound to: everything the customer would read of price and period (docs/rules.md 2.3)."""
    lines = [
        f"{line.text}|{line.tax_rate.normalize()}|{line.tax_code}|{_exactly(line.gross)}" for line in quote.lines.all()
    ]
    head = f"{quote.first_day}|{quote.last_day}|{quote.months}|{_exactly(quote.price)}"
    return hashlib.sha256("\n".join([head, *lines]).encode()).hexdigest()


def _exactly(money: Money) -> str:
    """A sum in whole minor units: as text it would read differently to each reader, and an approval would fall."""
    return f"{to_minor(money)} {money.currency.code}"


def waiting_for_approval(quotes: QuerySet[RenewalQuote]) -> QuerySet[RenewalQuote]:
    """Drafts whose price departs so far that a director must agree, and none has said yes or no to this content.

    The database leaves only those that depart; what an approval is bound to is then compared here.
    """
    limit = int(company().approval_deviation * 10_000)
    price, by = (Cast(Round(F(name) * 100), BigIntegerField()) for name in ("price", "yardstick"))
    drafts = quotes.filter(status=QuoteStatus.DRAFT).exclude(price=F("rule_price"))
    far = drafts.alias(beyond=Abs(price - by) * 10_000 - by * limit).filter(beyond__gt=0).prefetch_related("lines")
    return quotes.filter(pk__in=[quote.pk for quote in far if content_hash(quote) not in _decided(quote)])


def _decided(quote: RenewalQuote) -> tuple[str, str]:
    """The contents a director has said yes or no to."""
    return quote.approved_hash, quote.refused_hash


def left_after(quote: RenewalQuote) -> bool:
    """Whether the customer has been sent a later quote for the same contract, or another version of this one."""
    later = RenewalQuote.objects.filter(contract=quote.contract_id, pk__gt=quote.pk)
    return later.exclude(status__in=(QuoteStatus.DRAFT, QuoteStatus.CANCELLED)).exists()


def gap_before(quote: RenewalQuote) -> tuple[date, date] | None:
    """First and last day without coverage between the term a quote follows and its own; None when there are none."""
    if quote.follows_term is None or quote.follows_term.last_day + DAY >= quote.first_day:
        return None
    return quote.follows_term.last_day + DAY, quote.first_day - DAY


def credit_due(quote: RenewalQuote) -> Money | None:
    """What the customer was granted for late service and is still to be set off; None for nothing, or once it is over."""
    if quote.status not in (QuoteStatus.DRAFT, QuoteStatus.SENT):
        return None
    currency = quote.price.currency
    sums = [each.amount for each in penalties.granted([quote.contract_id]) if each.amount.currency == currency]
    return total(sums, currency) if sums else None


def link_token(quote: RenewalQuote) -> str:
    """The secret part of a quote version's address."""
    return derive(f"quote link {quote.pk} {quote.revision}")


def link_url(quote: RenewalQuote) -> str:
    """The address the customer opens."""
    return f"{settings.PUBLIC_URL}/q/{link_token(quote)}/"
