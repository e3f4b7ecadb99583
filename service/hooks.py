"""What the service desk does when something happens on the floors below."""

from datetime import datetime
from typing import Any

from base.company.signals import calendar_changed
from service import watch
from service.models import ServiceRequest


def connect() -> None:
    calendar_changed.connect(_calendar_changed, dispatch_uid="service.calendar")


def _calendar_changed(sender: Any, *, at: datetime, **_: Any) -> list[tuple[ServiceRequest, datetime | None]]:
    return watch.calendar_changed(at)
