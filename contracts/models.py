"""Customers, and the contracts sold to them."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djmoney.models.fields import MoneyField

from base.chatter.models import Tracked
from base.lib.text import match_key, number_key
from base.ui.look import Text
from base.ui.search import found_by
from contracts.enums import ContractStatus, RenewalMode
from contracts.querysets import ContractQuerySet, CustomerQuerySet, ThroughContract, ThroughCustomer
from contracts.rules import MAX_CAP_RATE

LANGUAGES = [("zh-hans", "中文"), ("en", "English")]


def money(label: Text, **options: Any) -> Any:
    """A tax-inclusive sum; below 100 billion, so that the cap's whole-number check fits 64 bits."""
    return MoneyField(  # type: ignore[no-untyped-call]
        label, max_digits=13, decimal_places=2, default_currency="CNY", **options
    )


def rate(label: Text, **options: Any) -> Any:
    """A share of one, exact to the basis point: 0.2000 is 20 %."""
    return models.DecimalField(label, max_digits=5, decimal_places=4, **options)


class Customer(Tracked):
    """An organisation that bought. Customers with the same `key` are the same (docs/ledger.md 6)."""

    name = models.CharField(_("name"), max_length=100)
    key = models.CharField(max_length=100, unique=True, editable=False)
    #: Pinyin initials of the name, so that `mzgw` finds 明珠港务.
    initials = models.CharField(max_length=100, blank=True, editable=False)
    #: The name in full pinyin, so that `mingzhu` does too.
    pinyin = models.CharField(max_length=600, blank=True, editable=False)
    credit_code = models.CharField(_("unified social credit code"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=150, blank=True)
    #: Province or city, by which visits are counted.
    region = models.CharField(_("region"), max_length=30, blank=True)
    language = models.CharField(_("language of papers and mails"), max_length=10, choices=LANGUAGES, default="zh-hans")
    budget_funded = models.BooleanField(
        _("budget-funded"),
        default=False,
        help_text=_("Decides next year's maintenance in the budget season: told every 1 July."),
    )
    no_mail = models.BooleanField(_("wants no mail"), default=False)
    note = models.TextField(_("note"), blank=True)
    search = found_by("name", "initials", "pinyin", "credit_code")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name"]
        indexes = [models.Index(fields=["name"], name="customer_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = match_key(self.name)
        super().save(*args, **kwargs)


class InvoiceTitle(Tracked):
    """One way a customer wants to stand on an invoice 购方抬头."""

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="titles")
    name = models.CharField(_("title"), max_length=100)
    tax_number = models.CharField(_("tax number"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    bank_name = models.CharField(_("bank"), max_length=100, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=100, blank=True)
    email = models.EmailField(_("email for invoices"), blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    objects = ThroughCustomer.as_manager()

    class Meta:
        verbose_name = _("invoice title")
        verbose_name_plural = _("invoice titles")
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_default=True), name="title_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(Tracked):
    """A person at a customer. Who reads a contract's renewal mail is chosen on the contract."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="contacts"
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    salutation = models.CharField(
        _("form of address"),
        max_length=20,
        blank=True,
        help_text=_(
            "Such as 先生, 女士, 处长 or Ms: mails greet with it. Empty: they greet “customer”, and never guess."
        ),
    )
    #: What else a person types to find somebody: pinyin and initials of the name, the digits of the
    #: telephone number, the mail address.
    keys = models.CharField(max_length=500, blank=True, editable=False)
    position = models.CharField(_("position"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    email = models.EmailField(_("email"), blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=LANGUAGES, blank=True, help_text=_("Empty: the customer's.")
    )
    search = found_by("name", "keys", "phone")

    objects = ThroughCustomer.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Contract(Tracked):
    """The original sale, and what was promised with it."""

    number = models.CharField(_("number"), max_length=60, unique=True)
    #: By which the contract is known however its number is typed; of twins from before it has a suffix (docs/ledger.md 6).
    number_key = models.CharField(max_length=200, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="contracts"
    )
    project = models.CharField(_("project"), max_length=150, blank=True)
    amount = money(_("amount"), help_text=_("Tax included, as signed; amendments change it from their day on."))
    status = models.CharField(_("state"), max_length=12, choices=ContractStatus, default=ContractStatus.ACTIVE)

    signed_on = models.DateField(_("signed on"))
    go_live_on = models.DateField(_("went live on"), null=True, blank=True)
    preliminary_acceptance_on = models.DateField(_("preliminary acceptance on"), null=True, blank=True)
    final_acceptance_on = models.DateField(_("final acceptance on"), null=True, blank=True)
    deemed_acceptance_on = models.DateField(
        _("deemed accepted on"),
        null=True,
        blank=True,
        help_text=_("The day the contract takes silence for acceptance."),
    )
    terminated_on = models.DateField(_("terminated on"), null=True, blank=True)
    #: The coming day on which the plan terminates it, and why; until then it is active (docs/rules.md 5.7).
    ending_on = models.DateField(_("ends on"), null=True, blank=True)
    ending_reason = models.CharField(_("ends because"), max_length=200, blank=True)

    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account manager"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contracts",
    )
    #: As a ledger named them, while nobody of that name has a log-in.
    manager_name = models.CharField(_("account manager in the ledger"), max_length=60, blank=True)
    project_manager = models.CharField(_("project manager"), max_length=60, blank=True)
    engineer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("engineer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="serviced_contracts",
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("reads renewal mail"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contracts",
    )
    title = models.ForeignKey(
        InvoiceTitle,
        verbose_name=_("invoice title"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contracts",
    )

    free_months = models.PositiveSmallIntegerField(_("free months"), default=12, validators=[MaxValueValidator(120)])
    same_day = models.BooleanField(
        _("acceptance day counts"), default=False, help_text=_("Each last day of coverage is then one day earlier.")
    )
    cap_rate = rate(
        _("cap rate"),
        default=MAX_CAP_RATE,
        validators=[MinValueValidator(Decimal("0.0001")), MaxValueValidator(MAX_CAP_RATE)],
        help_text=_(
            "The most a year of renewal may cost, as a share of the amount: 20 %, or less where the contract says so."
        ),
    )
    renewal_rate = rate(
        _("renewal rate"),
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001"))],
        help_text=_("The agreed yearly price as a share of the amount; empty if none was agreed."),
    )
    inspections_per_year = models.PositiveSmallIntegerField(
        _("inspections a year"), default=2, validators=[MaxValueValidator(12)]
    )
    renewal_mode = models.CharField(_("renewal mail"), max_length=6, choices=RenewalMode, default=RenewalMode.AUTO)
    renewal_months = models.PositiveSmallIntegerField(
        _("months of a renewal"), default=12, validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    #: Why no renewal is offered; empty: it is.
    no_renewal_reason = models.CharField(_("not to be renewed because"), max_length=200, blank=True)
    snoozed_until = models.DateField(_("renewal snoozed until"), null=True, blank=True)
    snooze_reason = models.CharField(_("snoozed because"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    #: What the ledger last said, by field: only what a later ledger says differently is a change (docs/rules.md 6).
    ledger_values = models.JSONField(default=dict, editable=False)
    search = found_by("number", "project")

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-signed_on", "-id"]
        indexes = [
            models.Index(fields=["-signed_on", "-id"], name="contract_newest"),
            models.Index(fields=["manager", "-signed_on"], name="contract_manager"),
            models.Index(fields=["ending_on"], name="contract_ending", condition=Q(ending_on__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_amount_positive"),
            models.CheckConstraint(condition=Q(cap_rate__gt=0, cap_rate__lte="0.2"), name="contract_cap_rate_legal"),
            models.CheckConstraint(
                condition=Q(renewal_rate=None) | Q(renewal_rate__gt=0, renewal_rate__lte=F("cap_rate")),
                name="contract_renewal_rate_under_cap",
            ),
            models.CheckConstraint(
                condition=Q(final_acceptance_on=None) | Q(final_acceptance_on__gte=F("signed_on")),
                name="contract_signed_before_acceptance",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.number_key = key_of(self)
        super().save(*args, **kwargs)


def key_of(contract: Contract) -> str:
    """The key of the contract's number as it is now; a twin keeps the suffix of its key while its number stays."""
    key = number_key(contract.number)
    return contract.number_key if contract.number_key.partition(" ")[0] == key else key


class Amendment(Tracked):
    """A supplementary agreement: from `effective_on` the filled fields replace the contract's."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), on_delete=models.CASCADE, related_name="amendments"
    )
    number = models.CharField(_("number"), max_length=60, blank=True)
    signed_on = models.DateField(_("signed on"))
    effective_on = models.DateField(_("in force from"))
    amount = money(_("new total"), null=True, blank=True)
    renewal_rate = rate(_("new renewal rate"), null=True, blank=True)
    inspections_per_year = models.PositiveSmallIntegerField(
        _("new inspections a year"), null=True, blank=True, validators=[MaxValueValidator(12)]
    )
    note = models.TextField(_("what it changes"), blank=True)

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="amendment_amount_positive"),
            models.CheckConstraint(
                condition=Q(renewal_rate=None) | Q(renewal_rate__gt=0), name="amendment_rate_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(self.effective_on)
