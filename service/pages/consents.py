"""Remote access and changes of the project manager: what was asked, what the customer answered, what was then done."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.models import User
from base.company import clock
from base.mail.pages.about import mails_tab
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Answer, CountOf, Group, Move, Tab
from base.ui.paths import attach, attached
from contracts.models import Contract
from service.choices import ConsentStatus
from service.forms.consents import (
    AccessForm,
    CallForm,
    DoneForm,
    LetterForm,
    ManagerChangeForm,
    PriceQuestionForm,
    RefusedCallForm,
    RefusedLetterForm,
    WhyForm,
    contract_of,
    system_of,
)
from service.models import Consent, ManagerChange, RemoteAccess, ServiceRequest
from service.promises import consents, price_consents, sessions

Data = Mapping[str, Any]
COLOURS = {"asked": "azure", "agreed": "green", "refused": "red", "expired": "yellow", "withdrawn": "secondary"}


def _asked(consent: Consent) -> bool:
    return consent.status == ConsentStatus.ASKED


def _agree(consent: Consent, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    consents.agree_to_consent(consent=consent, name=data["name"], letter=data["letter"], by=by, at=at, seen=seen)


def _refuse(consent: Consent, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    consents.refuse_consent(
        consent=consent, name=data["name"], reason=data["reason"], letter=data["letter"], by=by, at=at, seen=seen
    )


def _agree_call(consent: Consent, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    consents.agree_to_consent(consent=consent, name=data["name"], call=_call(data), by=by, at=at, seen=seen)


def _refuse_call(consent: Consent, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    consents.refuse_consent(
        consent=consent, name=data["name"], reason=data["reason"], call=_call(data), by=by, at=at, seen=seen
    )


def _call(data: Data) -> consents.Call:
    return consents.Call(data["number"], data["answered_at"])


def _rung(consent: Consent, look: Look) -> Data:
    number = consent.contact.phone if consent.contact else ""
    return {**_asked_person(consent, look), "number": number, "answered_at": timezone.localtime(look.now)}


def _withdraw(consent: Consent, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    consents.withdraw_consent(consent=consent, reason=data["reason"], by=by, at=at, seen=seen)


def _may_be_withdrawn(consent: Consent) -> bool:
    in_effect = isinstance(consent, ManagerChange) and consent.in_effect_since
    return consent.status in (ConsentStatus.ASKED, ConsentStatus.AGREED) and not in_effect


def _asked_person(consent: Consent, look: Look) -> Data:
    return {"name": consent.contact.name if consent.contact else ""}


_ANSWER_MOVES = [
    Move(
        "agree_call", _("Agreed on the phone"), "consents.record", _agree_call, allowed=_asked, form=CallForm,
        initial=_rung, icon="phone-check",
    ),
    Move(
        "refuse_call", _("Refused on the phone"), "consents.record", _refuse_call, allowed=_asked,
        form=RefusedCallForm, initial=_rung, icon="phone-x", seldom=True,
    ),
    Move(
        "agree", _("Agreed by letter"), "consents.record", _agree, allowed=_asked, form=LetterForm,
        initial=_asked_person, icon="mail-check",
    ),
    Move(
        "refuse", _("Refused by letter"), "consents.record", _refuse, allowed=_asked, form=RefusedLetterForm,
        initial=_asked_person, icon="mail-x",
    ),
    Move(
        "withdraw", _("Withdraw"), "consents.ask", _withdraw, allowed=_may_be_withdrawn, form=WhyForm,
        style="outline-danger", icon="arrow-back-up", confirm=_("The link leads nowhere from then on."),
    ),
]  # fmt: skip


def _start(access: RemoteAccess, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    sessions.start_session(access=access, by=by, at=at, seen=seen)


def _end(access: RemoteAccess, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    sessions.end_session(access=access, done=data["done"], by=by, at=at)


def _may_start(access: RemoteAccess) -> Answer:
    """Open in the time agreed; before it, shut with the reason: nothing is started without the customer's word."""
    if attached(access, "in_session") or access.status in (
        ConsentStatus.REFUSED,
        ConsentStatus.WITHDRAWN,
        ConsentStatus.EXPIRED,
    ):
        return False
    if access.status != ConsentStatus.AGREED:
        return _("The customer has not agreed: nothing may be started.")
    return True if sessions.may_be_used(access, clock.now()) else _("The customer agreed to another time.")


class AccessPage(ModelPage[RemoteAccess]):
    model, slug, icon = RemoteAccess, "access", "plug-connected"
    actions = Actions(view="access.view")
    empty = _("Nobody asked to work on a customer's system from here. It is asked for on a request or a contract.")
    search = ["system", "purpose", "contract__search", "contract__customer__search"]
    columns = [
        Column("system"),
        Column("contract__customer", link=True, label=_("customer")),
        Column("contract", link=True),
        Column("engineer"),
        Column("starts_at"),
        Column("ends_at"),
        Badge("status", COLOURS),
        Column("request", link=True, optional=True),
        Column("answered_by", optional=True),
        Column("answered_at", optional=True),
    ]
    filters = [
        Quick("mine", _("Assigned to me"), lambda rows, look: rows.filter(engineer=look.user)),
        Quick("open", _("Not answered yet"), lambda rows, look: rows.filter(status=ConsentStatus.ASKED)),
        Quick(
            "usable",
            _("To be used now"),
            lambda rows, look: rows.filter(status=ConsentStatus.AGREED, starts_at__lte=look.now, ends_at__gt=look.now),
        ),
        Choice("status"),
        Relation("engineer"),
        Relation("contract"),
        DateRange("starts_at"),
    ]
    group_by = ["status", "engineer", "contract", "starts_at:month"]
    sheet = [
        Group(_("What"), ["system", "purpose", "engineer", "starts_at", "ends_at"]),
        Group(
            _("For"),
            [Column("contract__customer", link=True, label=_("customer")), Column("contract", link=True),
             Column("request", link=True)],
        ),
        Group(_("Asked"), ["contact", "asked_by", "asked_at", "expires_on"]),
        Group(_("Answered"), ["answered_by", "answered_at", "channel", "number", "answer"]),
    ]  # fmt: skip
    tabs = [
        Tab(
            "sessions",
            _("Log"),
            "service/sessions.html",
            context=lambda access, look: {"sessions": access.sessions.select_related("by")},
            count=CountOf(lambda access, look: access.sessions.all()),
        ),
        mails_tab(),
    ]
    moves = [
        Move(
            "start", _("Start a session"), "access.use", _start, allowed=_may_start, style="primary", icon="player-play",
            confirm=_("The customer agreed to this. The session is written into the log."),
        ),
        Move(
            "end", _("End the session"), "access.use", _end, allowed=lambda access: access.in_session, form=DoneForm,
            style="primary", icon="player-stop",
        ),
        *_ANSWER_MOVES,
    ]  # fmt: skip
    status_field = "status"
    status_path = [ConsentStatus.ASKED, ConsentStatus.AGREED]
    status_colours = COLOURS

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[RemoteAccess]:
        rows = RemoteAccess.objects.visible_to(user)
        return rows.select_related("contract__customer", "contract__manager", "engineer", "request", "contact")

    @classmethod
    def prepare(cls, records: list[RemoteAccess], look: Look) -> None:
        open_ones = set(
            RemoteAccess.objects.filter(pk__in=[each.pk for each in records], sessions__ended_at=None)
            .exclude(sessions=None)
            .values_list("pk", flat=True)
        )
        for record in records:
            attach(record, in_session=record.pk in open_ones)

    @classmethod
    def subtitle(cls, record: RemoteAccess) -> Text:
        return f"{record.contract} · {record.contract.customer}"


class ManagerChangePage(ModelPage[ManagerChange]):
    model, slug, icon = ManagerChange, "manager-changes", "user-share"
    actions = Actions(view="people.view")
    empty = _("No project manager was changed. It is asked for on the contract, and the customer must agree.")
    search = ["outgoing", "incoming", "contract__search", "contract__customer__search"]
    columns = [
        Column("contract", link=True),
        Column("contract__customer", link=True, label=_("customer")),
        Column("outgoing"),
        Column("incoming"),
        Column("effective_on"),
        Badge("status", COLOURS),
        Column("answered_by"),
        Column("in_effect_since"),
    ]
    filters = [
        Quick("open", _("Not answered yet"), lambda rows, look: rows.filter(status=ConsentStatus.ASKED)),
        Choice("status"),
        Relation("contract"),
        DateRange("effective_on"),
    ]
    group_by = ["status", "contract", "effective_on:month"]
    sheet = [
        Group(_("Change"), ["outgoing", "incoming", "effective_on", "in_effect_since", "reason"]),
        Group(
            _("For"),
            [Column("contract__customer", link=True, label=_("customer")), Column("contract", link=True)],
        ),
        Group(_("Asked"), ["contact", "asked_by", "asked_at", "expires_on"]),
        Group(_("Answered"), ["answered_by", "answered_at", "channel", "number", "answer"]),
        Group(_("Qualification of the new one"), ["qualification"]),
    ]
    tabs = [mails_tab()]
    moves = _ANSWER_MOVES
    status_field = "status"
    status_path = [ConsentStatus.ASKED, ConsentStatus.AGREED]
    status_colours = COLOURS

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[ManagerChange]:
        return ManagerChange.objects.visible_to(user).select_related(
            "contract__customer", "contract__manager", "contact"
        )

    @classmethod
    def subtitle(cls, record: ManagerChange) -> Text:
        return f"{record.contract} · {record.contract.customer}"


# --- asked for on other sheets ----------------------------------------------------------------------------------------


def _ask_access(
    record: Contract | ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None
) -> RemoteAccess:
    values = dict(data)
    contract = contract_of(record)
    assert contract is not None
    request = record if isinstance(record, ServiceRequest) else None
    return consents.ask_access(contract=contract, request=request, by=by, at=at, **values)


def _access_begins_with(record: models.Model, look: Look) -> Data:
    starts = timezone.localtime(look.now).replace(second=0, microsecond=0) + timedelta(minutes=30)
    engineer = getattr(record, "assignee_id", None) or getattr(record, "engineer_id", None)
    return {
        "system": system_of(record),
        "engineer": engineer,
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
    }


def _ask_change(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> ManagerChange:
    return consents.ask_manager_change(contract=contract, by=by, at=at, **data)


def _may_be_changed(contract: Contract) -> bool:
    return bool(contract.status == "active" and contract.project_manager)


ASK_ACCESS = Move(
    "access",
    pgettext_lazy("button", "Remote access"),
    "access.ask",
    _ask_access,
    allowed=lambda record: contract_of(record) is not None and record.status not in ("closed", "terminated"),
    form=AccessForm,
    initial=_access_begins_with,
    icon=AccessPage.icon,
    confirm=_("The customer is asked by mail and answers behind a link. Nothing can be started before."),
    done=_("The customer is asked."),
)
#: On a request that is not covered: what it costs, agreed behind a link, noted on the phone or by letter.
ASK_PRICE = Move(
    "ask_price",
    _("Have the price agreed"),
    "requests.price",
    lambda request, data, *, by, at, on, seen: price_consents.ask_price(request=request, **data, by=by, at=at),
    allowed=lambda request: request.status != "closed" and bool(price_consents.to_be_agreed(request)),
    form=PriceQuestionForm,
    icon="coin",
    confirm=_(
        "The customer is asked by mail and answers behind a link. Arrival and solution are promised from then on."
    ),
    done=_("The customer is asked."),
)
ASK_CHANGE = Move(
    "manager",
    _("Change project manager"),
    "people.ask",
    _ask_change,
    allowed=_may_be_changed,
    form=ManagerChangeForm,
    initial=lambda contract, look: {"effective_on": look.today},
    icon=ManagerChangePage.icon,
    seldom=True,
    confirm=_("We promised not to change the project manager without consent: the customer is asked first."),
    done=_("The customer is asked."),
)
