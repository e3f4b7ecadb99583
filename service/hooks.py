"""What the service desk does when something happens on the floors below."""

from datetime import date, datetime
from typing import Any

from base.accounts.models import User
from base.company.signals import calendar_changed
from service import findings, signing, watch
from service.models import ServiceRequest
from warranty.models import Inspection
from warranty.signals import inspection_reported, inspection_reporting


def connect() -> None:
    calendar_changed.connect(_calendar_changed, dispatch_uid="service.calendar")
    inspection_reporting.connect(_reporting, dispatch_uid="service.reporting")
    inspection_reported.connect(_reported, dispatch_uid="service.reported")


def _calendar_changed(sender: Any, *, at: datetime, **_: Any) -> list[tuple[ServiceRequest, datetime | None]]:
    return watch.calendar_changed(at)


def _reporting(sender: Any, *, inspection: Inspection, by: User | None, at: datetime, on: date, **_: Any) -> None:
    signing.number(inspection=inspection, by=by, at=at, on=on)


def _reported(sender: Any, *, inspection: Inspection, at: datetime, on: date, **_: Any) -> None:
    findings.ask_about_reported(inspection, at=at, on=on)
