"""What was promised, what customers reported, and what happened then."""

from service.models.requests import Alarm, RequestEvent, ServiceRequest
from service.models.sla import ContractPolicy, SlaPolicy, SlaTarget, SlaVersion
from service.models.visits import PriceLine, Visit, VisitPart

__all__ = [
    "Alarm",
    "ContractPolicy",
    "PriceLine",
    "RequestEvent",
    "ServiceRequest",
    "SlaPolicy",
    "SlaTarget",
    "SlaVersion",
    "Visit",
    "VisitPart",
]
