"""What was promised, what customers reported, and what happened then."""

from service.models.requests import Alarm, RequestEvent, ServiceRequest
from service.models.sla import ContractPolicy, SlaPolicy, SlaTarget, SlaVersion

__all__ = ["Alarm", "ContractPolicy", "RequestEvent", "ServiceRequest", "SlaPolicy", "SlaTarget", "SlaVersion"]
