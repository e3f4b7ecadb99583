"""What a request that is not covered says of its price, above everything else on its sheet."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from service.models import ServiceRequest
from service.money import agreed_for


def notice(request: ServiceRequest) -> Mapping[str, Any]:
    """What the sheet says above everything else of a request that is not covered."""
    if request is None or request.is_covered:
        return {}
    lines = list(request.prices.all())
    agreed = [line for line in lines if line.agreed_on]
    waits: str | Promise = ""
    if not lines:
        waits = _("Not covered, and no price was agreed yet: agree on one before you promise anything.")
    elif len(agreed) < len(lines):
        waits = _("Not covered: the customer has not agreed to every price yet.")
    return {
        "waits": waits,
        "agreed": agreed_for(request, lines) if agreed else None,
        "address": f"{reverse('requests:sheet', args=[request.pk])}?tab=prices",
    }
