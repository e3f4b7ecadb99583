"""Screens that belong to no record: the calendar, an export by days, the profile. A story names them by `do`, without a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django import forms
from django.urls import reverse

from billing.forms import ExportDaysForm
from console.forms import DayForm, HoursForm, NoticeForm, ProfileForm
from ops.stories.acts import Act
from ops.stories.deeds import Result, Stage, after, refusal, with_version
from ops.stories.visitor import Answer


@dataclass(frozen=True)
class Screen:
    """Where its form is asked for and sent to, by the names of the addresses, and the right it takes."""

    label: str
    action: str
    asks: str
    sends: str
    form: type[forms.BaseForm] | None = None
    #: What the page itself has filled in beside its form.
    filled: Callable[[Answer], Mapping[str, list[str]]] | None = None


def _proposed_mails(asked: Answer) -> dict[str, list[str]]:
    """What leaves unless somebody unticks it, on every page."""
    rows = asked.context["rows"]
    others = {"others": [asked.context["others"]], "with_others": ["1"]} if asked.context["others_count"] else {}
    return {"row": [row.token for row in rows], "tick": [str(row.mail.pk) for row in rows if row.ticked], **others}


SCREENS: Mapping[str, Screen] = {
    "calendar_day": Screen("Declare a day", "calendar.edit", "calendar", "calendar_day", DayForm),
    "calendar_hours": Screen("Working hours", "calendar.edit", "calendar_hours", "calendar_hours", HoursForm),
    "calendar_import": Screen("Official days", "calendar.edit", "calendar_import", "calendar_import", NoticeForm),
    "export_days": Screen("Export by days", "invoices.export", "export_days", "export_days", ExportDaysForm),
    "mail_hold": Screen("Hold all mail", "mails.release", "mail_release", "mail_hold"),
    "mail_release": Screen("Release mail", "mails.release", "mail_release", "mail_release", filled=_proposed_mails),
    "profile": Screen("Own profile", "anyone", "profile", "profile", ProfileForm),
    "run_today": Screen("Run today", "runs.start", "run_today", "run_today"),
}


def send(stage: Stage, act: Act) -> Result:
    """Ask for the screen, fill in its form, send it, and agree to what it shows before it is done."""
    screen = SCREENS[act.do]
    asked = stage.visitor.ask(reverse(screen.asks))
    if asked.refused:
        return refusal(asked)
    data = with_version(stage.filler.fill(asked.form, act.values), asked, act, None)
    if screen.filled:
        data = replace(data, inputs={**data.inputs, **screen.filled(asked)})
    address = reverse(screen.sends)
    answer = stage.visitor.send(address, data)
    if not answer.refused and answer.target is None and answer.form is not None:
        answer = stage.visitor.send(address, replace(data, inputs={**data.inputs, "confirmed": ["1"]}))
    return after(stage, act, answer, None)
