"""What is looked at during an inspection: the lists it is taken from, and what was found, item by item."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from contracts.models import Contract
from contracts.querysets import ThroughContract
from service.checks.enums import Area, CheckState
from warranty.models import Inspection


def bilingual(chinese: str, english: str, language: str) -> str:
    """The wording in a reader's language; the other one where there is none."""
    return (chinese or english) if language.startswith("zh") else (english or chinese)


class CheckWords(models.Model):
    """What an item asks for, in both languages: papers speak the customer's."""

    text = models.CharField(_("check item"), max_length=120)
    text_en = models.CharField(_("check item (English)"), max_length=160, blank=True)
    method = models.CharField(_("method or normal value"), max_length=200, blank=True)
    method_en = models.CharField(_("method or normal value (English)"), max_length=240, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    #: `20–25`, `≤70`, `≥30` (`service/checks/limits.py`): a value beyond them is abnormal, whoever says otherwise.
    limits = models.CharField(_("limits"), max_length=30, blank=True)

    class Meta:
        abstract = True

    def text_in(self, language: str) -> str:
        return bilingual(self.text, self.text_en, language)

    def method_in(self, language: str) -> str:
        return bilingual(self.method, self.method_en, language)


#: The fields of `CheckWords`, as they are copied from a list onto an inspection, with how long each may be.
LENGTHS = {"text": 120, "text_en": 160, "method": 200, "method_en": 240, "unit": 20, "limits": 30}
WORDS = tuple(LENGTHS)


class CheckList(Tracked):
    """What is looked at on one kind of system. Changing it never changes an inspection that was begun."""

    area = models.CharField(_("kind of system"), max_length=12, choices=Area)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("name (English)"), max_length=80, blank=True)
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("Used for contracts that name no check lists of their own.")
    )
    place = models.PositiveSmallIntegerField(_("order"), default=100)
    note = models.TextField(_("note"), blank=True)
    #: Counts the wordings of its items.
    edition = models.PositiveSmallIntegerField(_("edition"), default=1, editable=False)

    class Meta:
        verbose_name = _("check list")
        verbose_name_plural = _("check lists")
        ordering = ["place", "name"]

    def __str__(self) -> str:
        return bilingual(self.name, self.name_en, translation.get_language() or "en")


class CheckItem(CheckWords):
    """One line of a check list."""

    checklist = models.ForeignKey(CheckList, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("check item")
        verbose_name_plural = _("check items")
        ordering = ["checklist", "place"]
        constraints = [models.UniqueConstraint(fields=["checklist", "place"], name="checkitem_place_once")]

    def __str__(self) -> str:
        return self.text


class ContractCheckList(models.Model):
    """A contract whose systems are looked at by other lists than the default ones."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="check_lists")
    checklist = models.ForeignKey(
        CheckList, verbose_name=_("check list"), on_delete=models.PROTECT, related_name="contracts"
    )

    class Meta:
        verbose_name = _("check list of a contract")
        verbose_name_plural = _("check lists of contracts")
        constraints = [models.UniqueConstraint(fields=["contract", "checklist"], name="contractchecklist_once")]

    def __str__(self) -> str:
        return f"{self.contract}: {self.checklist}"


class ThroughInspection(ThroughContract):
    through = "inspection__action__contract__"


class CheckResult(CheckWords):
    """An item as it was when the inspection began, and how it was found.

    The first entry is told by the row itself (`by`, `at`); each correction after it leaves an event on the inspection.
    """

    #: So many characters of each may be typed.
    LIMITS: ClassVar = {"value": 60, "note": 300}

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="checks")
    area = models.CharField(_("kind of system"), max_length=12, choices=Area)
    place = models.PositiveSmallIntegerField(_("order"))
    state = models.CharField(_("result"), max_length=10, choices=CheckState, blank=True)
    value = models.CharField(_("value"), max_length=LIMITS["value"], blank=True)
    note = models.CharField(_("note"), max_length=LIMITS["note"], blank=True)
    #: A save on an older version is refused, as of any record.
    version = models.PositiveIntegerField(default=0, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), null=True)

    objects = ThroughInspection.as_manager()

    class Meta:
        verbose_name = _("check result")
        verbose_name_plural = _("check results")
        ordering = ["inspection", "place"]
        constraints = [models.UniqueConstraint(fields=["inspection", "place"], name="checkresult_place_once")]

    def __str__(self) -> str:
        return self.text


class InspectionReport(Tracked):
    """The paper of a reported inspection: its number, and who signed it at the customer."""

    inspection = models.OneToOneField(
        Inspection, verbose_name=_("inspection"), on_delete=models.PROTECT, related_name="written_report"
    )
    number = models.CharField(_("number"), max_length=30, unique=True)
    signer = models.CharField(_("signed by"), max_length=60, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)

    objects = ThroughInspection.as_manager()

    class Meta:
        verbose_name = _("inspection report")
        verbose_name_plural = _("inspection reports")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signer="") | (Q(signed_at__isnull=False) & ~Q(signer="")),
                name="inspectionreport_signed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.number
