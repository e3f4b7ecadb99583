"""Renewal quotes under the cap, their lines, and the links by which customers answer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from billing.models import Line
from contracts.constraints import under_cap
from contracts.models import Contract, money, rate
from renewals.enums import QuoteStatus
from renewals.querysets import QuoteQuerySet
from renewals.rules import Measures
from warranty.models import MaintenanceTerm, PeriodFields


class RenewalQuote(PeriodFields, Tracked):
    """The offer for a contract's next term. A change after sending makes a new version under the same number."""

    number = models.CharField(_("number"), max_length=20)
    revision = models.PositiveSmallIntegerField(_("version"), default=1)
    contract = models.ForeignKey(Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="quotes")
    #: The term whose end it renews.
    follows_term = models.ForeignKey(
        MaintenanceTerm,
        verbose_name=_("follows the term"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="quotes_after",
    )
    #: The paid term it became.
    term = models.OneToOneField(
        MaintenanceTerm, verbose_name=_("became the term"), null=True, on_delete=models.SET_NULL, related_name="quote"
    )
    status = models.CharField(_("state"), max_length=10, choices=QuoteStatus, default=QuoteStatus.DRAFT)
    on = models.DateField(_("drafted on"))

    price = money(_("price"))
    rule_price = money(_("reference price"))
    #: What a price that a person sets is measured by; at least the price by the rule.
    yardstick = money(_("measured by"))
    cap_base = money(_("cap base"))
    cap_rate = rate(_("cap rate"))

    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    #: Name of the person at the customer who decided by the link; empty when the manager recorded it.
    decided_by_name = models.CharField(_("decided by"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    #: Hash of the content a director approved; another content needs another approval.
    approved_hash = models.CharField(max_length=64, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("approved by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Hash of the content a director refused, and why.
    refused_hash = models.CharField(max_length=64, blank=True)
    refusal = models.CharField(_("refused because"), max_length=200, blank=True)
    #: Who set the price by hand: may not approve it.
    priced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("price set by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    on_hold = models.BooleanField(_("on hold"), default=False)
    hold_reason = models.CharField(_("held because"), max_length=200, blank=True)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("renewal quote")
        verbose_name_plural = _("renewal quotes")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["number", "revision"], name="quote_version_once"),
            models.UniqueConstraint(
                fields=["contract"], condition=Q(status="draft"), name="quote_one_draft_a_contract"
            ),
            models.UniqueConstraint(fields=["contract"], condition=Q(status="sent"), name="quote_one_open_a_contract"),
            models.CheckConstraint(condition=Q(price__gte=0), name="quote_price_not_negative"),
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="quote_starts_before_it_ends"),
            under_cap("quote_price_under_cap", price="price", base="cap_base", rate="cap_rate", months="months"),
        ]
        indexes = [models.Index(fields=["status", "-on"], name="quote_status")]

    def __str__(self) -> str:
        return self.number if self.revision == 1 else f"{self.number}-{self.revision}"

    @property
    def measures(self) -> Measures:
        """What its price is judged by."""
        return Measures(self.rule_price, self.yardstick)

    @property
    def is_open(self) -> bool:
        """Whether the customer has it and has not decided."""
        return self.status == QuoteStatus.SENT


class QuoteLine(Line):
    quote = models.ForeignKey(RenewalQuote, on_delete=models.CASCADE, related_name="lines")

    class Meta(Line.Meta):
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")

    def __str__(self) -> str:
        return self.text


class QuoteLink(models.Model):
    """The customer's way to one version of a quote. Only the token's hash is kept; looking never uses it up."""

    quote = models.OneToOneField(RenewalQuote, on_delete=models.CASCADE, related_name="link")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_on = models.DateField()
    used_at = models.DateTimeField(null=True)
    revoked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("quote link")
        verbose_name_plural = _("quote links")

    def __str__(self) -> str:
        return f"…{self.token_hash[-4:]}"
