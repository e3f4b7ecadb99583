"""What was promised, what customers reported, and what happened then."""

from service.models.checks import CheckItem, CheckList, CheckResult, ContractCheckList, InspectionReport
from service.models.commitments import Commitment, CommitmentTemplate, Delivery
from service.models.consents import CONSENTS, Consent, ManagerChange, PriceConsent, RemoteAccess, RemoteSession
from service.models.findings import Finding, FindingReview
from service.models.penalties import Penalty, PenaltyRule
from service.models.reports import FulfilmentReport
from service.models.requests import Alarm, Escalation, RequestEvent, ServiceRequest
from service.models.sla import ContractPolicy, SlaPolicy, SlaTarget, SlaVersion
from service.models.surveys import Survey
from service.models.visits import PriceLine, Visit, VisitPart

__all__ = [
    "CONSENTS",
    "Alarm",
    "CheckItem",
    "CheckList",
    "CheckResult",
    "Commitment",
    "CommitmentTemplate",
    "Consent",
    "ContractCheckList",
    "ContractPolicy",
    "Delivery",
    "Escalation",
    "Finding",
    "FindingReview",
    "FulfilmentReport",
    "InspectionReport",
    "ManagerChange",
    "Penalty",
    "PenaltyRule",
    "PriceConsent",
    "PriceLine",
    "RemoteAccess",
    "RemoteSession",
    "RequestEvent",
    "ServiceRequest",
    "SlaPolicy",
    "SlaTarget",
    "SlaVersion",
    "Survey",
    "Visit",
    "VisitPart",
]
