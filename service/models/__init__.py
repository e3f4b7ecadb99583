"""What was promised, what customers reported, and what happened then."""

from service.models.checks import CheckItem, CheckList, CheckResult, ContractCheckList, InspectionReport
from service.models.findings import Finding, FindingReview
from service.models.requests import Alarm, RequestEvent, ServiceRequest
from service.models.sla import ContractPolicy, SlaPolicy, SlaTarget, SlaVersion

__all__ = [
    "Alarm",
    "CheckItem",
    "CheckList",
    "CheckResult",
    "ContractCheckList",
    "ContractPolicy",
    "Finding",
    "FindingReview",
    "InspectionReport",
    "RequestEvent",
    "ServiceRequest",
    "SlaPolicy",
    "SlaTarget",
    "SlaVersion",
]
