"""Coverage as stretches of days, and everything that will happen because of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.models import Role, User
from base.chatter.models import Tracked
from base.jobs.models import Job
from contracts.constraints import under_cap
from contracts.models import Contract, money, rate
from contracts.querysets import ThroughContract
from warranty.enums import ActionState, ImportStatus, InspectionResult, TermKind
from warranty.planning.fields import KindField
from warranty.rules import Period, subject_of


class PeriodFields(models.Model):
    """The columns in which a stretch of coverage is stored: both ends, and what every boundary is counted from.

    It ends `start_months + months` after its `anchor` (docs/rules.md 1), one day earlier where the acceptance day counts,
    unless its end was set by hand.
    """

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    months = models.PositiveSmallIntegerField(_("months"))
    anchor = models.DateField(editable=False)
    start_months = models.PositiveSmallIntegerField(default=0, editable=False)
    acceptance_day_counts = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def hand_set(self) -> bool:
        """Whether a person wrote its last day; only a term keeps such a day."""
        return False

    @property
    def period(self) -> Period:
        """The stored stretch as the rules know it."""
        return Period(**{name: getattr(self, name) for name in PERIOD_COLUMNS}, hand_set=self.hand_set)


#: The columns of a period, each named as in `warranty.rules.Period`.
PERIOD_COLUMNS = tuple(field.name for field in PeriodFields._meta.local_fields)


def period_columns(period: Period) -> dict[str, Any]:
    """What a record stores of a period, by column: for a new record, or for `change`."""
    return {name: getattr(period, name) for name in PERIOD_COLUMNS}


class MaintenanceTerm(PeriodFields, Tracked):
    """A stretch of coverage, both ends included. Terms of a contract never overlap (`warranty/guards.py`).

    Where its end was set by hand, the next term is counted from that end.
    """

    contract = models.ForeignKey(Contract, verbose_name=_("contract"), on_delete=models.CASCADE, related_name="terms")
    kind = models.CharField(_("kind"), max_length=10, choices=TermKind)
    hand_set_reason = models.CharField(_("end set by hand because"), max_length=200, blank=True)
    #: Where it came from: acceptance, ledger, quote, or a person.
    origin = models.CharField(_("origin"), max_length=12, default="acceptance")

    price = money(_("price"), default=0)
    cap_base = money(_("cap base"), null=True, blank=True)
    cap_rate = rate(_("cap rate"), null=True, blank=True)

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("maintenance term")
        verbose_name_plural = _("maintenance terms")
        ordering = ["contract", "first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="term_starts_before_it_ends"),
            models.UniqueConstraint(fields=["contract", "first_day"], name="term_one_start"),
            models.CheckConstraint(
                condition=Q(kind="paid", cap_base__isnull=False, cap_rate__isnull=False) | Q(~Q(kind="paid"), price=0),
                name="term_only_paid_has_price",
            ),
            under_cap(
                "term_price_under_cap",
                price="price",
                base="cap_base",
                rate="cap_rate",
                months="months",
                when=Q(kind="paid"),
            ),
        ]
        indexes = [models.Index(fields=["last_day", "contract"], name="term_end")]

    def __str__(self) -> str:
        return f"{self.first_day} … {self.last_day}"

    @property
    def hand_set(self) -> bool:
        return bool(self.hand_set_reason)


class DailyRun(models.Model):
    """One run of a day: what it did and what failed."""

    on = models.DateField(_("day"))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("started by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Everything that was due, not only some rows or one kind that a person asked for.
    whole = models.BooleanField(_("whole day"), default=True)
    #: `{kind: {"done": n, "skipped": n, "failed": n}}`
    actions = models.JSONField(_("actions"), default=dict)
    #: `[{"contract": …, "kind": …, "problem": …}]` as this run saw them.
    failures = models.JSONField(_("failures"), default=list)

    class Meta:
        verbose_name = _("daily run")
        verbose_name_plural = _("daily runs")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return str(self.on)


class PlannedAction(models.Model):
    """One dated row of the plan: claimed by the run in the transaction that carries out its effect."""

    # Found by the row's own constraint, which begins with the contract.
    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), on_delete=models.CASCADE, related_name="plan", db_index=False
    )
    #: What the row is about: a term, the contract itself (`warranty.rules.term_subject`, `contract_subject`).
    subject = models.CharField(max_length=40, editable=False)
    #: The term the subject is, to join by; empty where the row is about something else.
    term = models.ForeignKey(
        MaintenanceTerm, verbose_name=_("term"), null=True, on_delete=models.CASCADE, related_name="plan"
    )
    kind = KindField(_("what"), max_length=20)
    #: Which of several: `1` for the first inspection, `1/14` for its notice 14 days before, `60` for a reminder.
    step = models.CharField(_("step"), max_length=10, blank=True)
    due_on = models.DateField(_("due on"))
    #: The day by the rule; `due_on` is later when the row was written late, and stays (docs/rules.md 5.3).
    computed_on = models.DateField(editable=False)
    state = models.CharField(_("state"), max_length=10, choices=ActionState, default=ActionState.PLANNED)
    #: The date rests on a year without official days (docs/rules.md 3).
    provisional = models.BooleanField(_("provisional"), default=False)
    #: A person holds it back.
    on_hold = models.BooleanField(_("on hold"), default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    #: Why it failed, was skipped, or waits: a code (`base.chatter.labels`), or what a person or an exception said.
    problem = models.CharField(_("reason"), max_length=300, blank=True)
    done_on = models.DateField(_("done on"), null=True)
    run = models.ForeignKey(DailyRun, null=True, on_delete=models.SET_NULL, related_name="rows")

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("planned action")
        verbose_name_plural = _("plan")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "subject", "kind", "step"], name="plan_row_once"),
            models.CheckConstraint(
                condition=Q(~Q(subject=""), term=None)
                | Q(subject=Concat(Value("term:"), Cast("term_id", models.CharField()))),
                name="plan_subject_of_term",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "kind"], name="plan_subject"),
            # Enough to count what will happen without a look at the rows.
            models.Index(fields=["due_on", "kind"], name="plan_coming", condition=Q(state__in=["planned", "failed"])),
            models.Index(fields=["kind", "due_on"], name="plan_kind"),
            models.Index(fields=["due_on", "id"], name="plan_day"),
            models.Index(fields=["due_on"], name="plan_trouble", condition=Q(state="failed") | ~Q(problem="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"

    def save(self, *args: Any, **options: Any) -> None:
        """A new row that names no subject is about its term, or else about its contract."""
        self.subject = self.subject or subject_of(self.contract_id, self.term_id)
        super().save(*args, **options)

    @property
    def own_term(self) -> MaintenanceTerm:
        """The term the row is about. ValueError for a row about something else."""
        if self.term is None:
            raise ValueError(f"{self.kind} {self.subject} is not about a term")
        return self.term


class InspectionQuerySet(ThroughContract):
    """Visible with their contract; to an engineer those that are theirs, or on a contract that is."""

    through = "action__contract__"

    def visible_to(self, user: User) -> "InspectionQuerySet":
        if user.role == Role.ENGINEER:
            return self.filter(Q(engineer=user) | Q(action__contract__engineer=user))
        return super().visible_to(user)  # type: ignore[return-value]


class Inspection(Tracked):
    """A promised visit: planned on its plan row's `due_on`, held inside the window, done when its report is in."""

    action = models.OneToOneField(PlannedAction, on_delete=models.CASCADE, related_name="inspection")
    window_first = models.DateField(_("window from"))
    window_last = models.DateField(_("window to"))
    engineer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("engineer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="inspections",
    )
    #: Set by hand, so that re-planning leaves the day alone.
    rescheduled = models.BooleanField(_("rescheduled"), default=False)
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=15, choices=InspectionResult, blank=True)
    findings = models.TextField(_("findings and advice"), blank=True)
    reported_at = models.DateTimeField(pgettext_lazy("inspection", "reported at"), null=True, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["action__due_on"]
        constraints = [
            models.CheckConstraint(condition=Q(window_first__lte=F("window_last")), name="inspection_window_forward"),
        ]
        indexes = [
            models.Index(fields=["window_last"], name="inspection_open", condition=Q(reported_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.window_first} … {self.window_last}"


class LedgerImport(models.Model):
    """A ledger file on its way in: jobs read it and load it, chunks move `next_row` forward."""

    file = models.FileField(upload_to="ledgers/%Y/%m/")
    name = models.CharField(_("file name"), max_length=200)
    on = models.DateField(_("imported as of"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    status = models.CharField(_("state"), max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED)
    #: Header text → field, as chosen by the person; remembered for the next file.
    mapping = models.JSONField(default=dict, blank=True)
    #: `"sheet/row/field"` → what the person meant by an ambiguous cell.
    answers = models.JSONField(default=dict, blank=True)
    #: Sheet → whether it is read: hidden ones only if chosen, others unless left out.
    sheets = models.JSONField(default=dict, blank=True)
    #: Name of an account manager, without blanks → the person meant, 0 for nobody; remembered for the next file.
    people = models.JSONField(default=dict, blank=True)
    #: The contracts its rows are about, also those that it left as they were.
    contracts = models.ManyToManyField(Contract, related_name="imports", editable=False)
    total_rows = models.PositiveIntegerField(default=0)
    next_row = models.PositiveIntegerField(default=0)
    #: The job that reads or loads it, or did last.
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    #: Counted up whenever a mapping or an answer changes: only the newest reading counts.
    revision = models.PositiveIntegerField(default=0)
    #: What the newest reading found (`warranty/reading.py`); empty while it is under way.
    reading = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("ledger import")
        verbose_name_plural = _("ledger imports")
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.name
