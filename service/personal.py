"""Where the service desk keeps data of people outside of the house: who called, who signed, who answered (docs/rules.md 19)."""

from base.audit.personal import PersonKind, Place, register
from base.audit.retention import register_use
from service import models
from service.enums import RequestStatus

_OF_CONTRACT = "contract__customer"
_OF_INSPECTION = "inspection__action__contract__customer"
_OF_REQUEST = "request__customer"


def register_places() -> None:
    """Called from `AppConfig.ready`."""
    caller, signer = PersonKind.CALLER, PersonKind.SIGNER
    closed = ("status", RequestStatus.CLOSED)
    register(
        Place(
            models.ServiceRequest, "customer", "caller", ("phone",), caller, "reported_at", closed,
            ("title", "system", "description", "solution"),
        ),
        Place(
            models.Visit, "customer", "contact_name", ("phone",), caller, "left_at",
            texts=("title", "system", "address", "cause", "work", "next_steps", "remark", "reason", "free_because"),
        ),
        Place(models.Visit, "customer", "signer", (), signer, "left_at"),
        Place(models.InspectionReport, _OF_INSPECTION, "signer", (), signer, "signed_at"),
        Place(models.PriceLine, _OF_REQUEST, "agreed_by", (), signer, "agreed_on", texts=("text",)),
        Place(models.RemoteAccess, _OF_CONTRACT, "answered_by", ("number",), signer, "answered_at", texts=("answer", "system", "purpose")),
        Place(models.PriceConsent, _OF_REQUEST, "answered_by", ("number",), signer, "answered_at", texts=("answer",)),
        Place(models.ManagerChange, _OF_CONTRACT, "answered_by", ("number",), signer, "answered_at", texts=("answer", "reason")),
        Place(models.Survey, _OF_CONTRACT, "answered_by", (), signer, "answered_at", texts=("comment",)),
        Place(models.Finding, _OF_INSPECTION, "responsible_name", (), signer, "closed_at", texts=("text", "advice", "closed_how")),
        Place(models.RequestEvent, _OF_REQUEST, texts=("note",)),
        Place(models.RemoteSession, "access__contract__customer", texts=("done",)),
        Place(models.CheckResult, _OF_INSPECTION, texts=("value", "note")),
        Place(models.FindingReview, _OF_INSPECTION, texts=("note",)),
        Place(models.Commitment, _OF_CONTRACT, texts=("text", "text_en", "department", "phone", "confirmed_note")),
        Place(models.Delivery, _OF_CONTRACT, texts=("title", "by_name", "note")),
        Place(models.Penalty, _OF_CONTRACT, texts=("reason",)),
        Place(models.FulfilmentReport, _OF_CONTRACT, texts=("summary",)),
    )  # fmt: skip
    register_use(models.ServiceRequest, "customer", "reported_at")
