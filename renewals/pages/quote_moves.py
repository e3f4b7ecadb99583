"""What can be done with a renewal quote: each button calls one operation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.models import User
from base.chatter.files import add_attachment
from base.documents.registry import document_for
from base.mail.handling import copy_link
from base.mail.pages.moves import link_html
from base.mail.texts import Wording
from base.ui.look import Look
from base.ui.parts import Answer, Move
from base.ui.paths import attached
from billing.forms import ReasonForm
from contracts.queries import reader_of
from renewals import decisions, quotes, sending
from renewals.dry_run import mail_html, preview_quote_mail, quote_words
from renewals.enums import QuoteStatus
from renewals.forms import AcceptForm, DeclineForm, WordedForm
from renewals.invoicing import was_billed
from renewals.models import RenewalQuote
from renewals.queries import link_url

#: The label of the customer's paper among a quote's files.
ACCEPTANCE = "acceptance"


def _draft(quote: RenewalQuote) -> bool:
    return quote.status == QuoteStatus.DRAFT


def _sent(quote: RenewalQuote) -> bool:
    return quote.status == QuoteStatus.SENT


def _may_leave(quote: RenewalQuote) -> Answer:
    """Whether a draft can leave the house now, or why not."""
    if not _draft(quote):
        return False
    return _("A director must approve this price before the quote can leave.") if attached(quote, "awaits") else True


def _may_be_mailed(quote: RenewalQuote) -> Answer:
    answer = _may_leave(quote)
    if answer is True and not reader_of(quote.contract).email:
        return _("Nobody at the customer can be written to: choose a contact with an address.")
    return answer


def _may_be_approved(quote: RenewalQuote) -> Answer:
    if not attached(quote, "awaits"):
        return False
    return _("Who set the price cannot approve it.") if quote.priced_by_id == attached(quote, "viewer").pk else True


def _may_be_withdrawn(quote: RenewalQuote) -> Answer:
    if quote.status != QuoteStatus.ACCEPTED:
        return False
    return _("The tax invoice is issued: credit it instead.") if was_billed(quote) else True


def _send(quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> None:
    sending.send_quote(quote=quote, by=by, at=at, on=on, seen=seen)


def _preview_send(quote: RenewalQuote, data: Mapping[str, Any], look: Look) -> SafeString:
    return mail_html(preview_quote_mail(quote, on=look.today))


def _hand_over(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    """The paper leaves the house in a person's hand: it is stored as it is now."""
    sending.send_quote(quote=quote, by=by, at=at, on=on, by_mail=False, seen=seen)
    document_for("renewals.renewal_quote", quote.pk, at=at)


def _send_worded(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    words = Wording(data["subject"], data["wording"])
    sending.send_quote(quote=quote, by=by, at=at, on=on, seen=seen, words=words)


def _first_words(quote: RenewalQuote, look: Look) -> Mapping[str, Any]:
    """The mail as it would leave today, with what is put in later as placeholders."""
    words = quote_words(quote, on=look.today)
    return {"subject": words.subject, "wording": words.body}


def _copy_link(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    copy_link(record_=quote, by=by, at=at)


def _approve(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    quotes.approve_quote(quote=quote, by=by, at=at, seen=seen)


def _refuse(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    quotes.refuse_price(quote=quote, reason=data["reason"], by=by, at=at, seen=seen)


def _hold(quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> None:
    quotes.hold_quote(quote=quote, reason=data.get("reason", ""), by=by, at=at, seen=seen)


def _revise(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> RenewalQuote:
    return quotes.revise_quote(quote=quote, by=by, at=at, on=on)


@transaction.atomic
def _accept(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    """The acceptance and its proof come in together, or neither does."""
    decisions.accept_quote(quote=quote, by=by, at=at, on=on, name=data["name"], note=data["note"], seen=seen)
    if data["file"]:
        add_attachment(target=quote, upload=data["file"], by=by, at=at, label=ACCEPTANCE)


def _decline(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    decisions.decline_quote(quote=quote, reason=data["reason"], by=by, at=at, name=data["name"], seen=seen)


def _cancel(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    decisions.call_back_quote(quote=quote, reason=data["reason"], by=by, at=at, seen=seen)


def _withdraw(
    quote: RenewalQuote, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    decisions.withdraw_acceptance(quote=quote, reason=data["reason"], by=by, at=at, on=on, seen=seen)


def _reader_name(quote: RenewalQuote, look: Look) -> Mapping[str, Any]:
    return {"name": reader_of(quote.contract).name}


MOVES = [
    Move(
        "send",
        _("Send by mail"),
        "quotes.send",
        _send,
        allowed=_may_be_mailed,
        confirm=_("The customer gets this mail with the quote as PDF and a link to decide."),
        preview=_preview_send,
        style="primary",
        icon="send",
        target=QuoteStatus.SENT,
        done=_("The quote is sent: its mail is in the queue."),
    ),
    Move(
        "send_worded",
        _("Word the mail and send"),
        "quotes.send",
        _send_worded,
        allowed=_may_be_mailed,
        form=WordedForm,
        initial=_first_words,
        icon="mail-edit",
        target=QuoteStatus.SENT,
        done=_("The quote is sent: its mail is in the queue."),
    ),
    Move(
        "copy_link",
        _("Copy link"),
        "quotes.send",
        _copy_link,
        allowed=lambda quote: _sent(quote) and hasattr(quote, "link"),
        confirm=_("Whoever has the link can answer in the customer's name. That you copied it stays in the log."),
        shows=lambda quote, look: link_html(link_url(quote)),
        icon="link",
    ),
    Move(
        "approve",
        _("Approve price"),
        "quotes.approve",
        _approve,
        allowed=_may_be_approved,
        confirm=_("The price departs from the rule further than the house allows without a director."),
        style="primary",
        icon="circle-check",
    ),
    Move(
        "refuse_price",
        _("Refuse price"),
        "quotes.approve",
        _refuse,
        allowed=lambda quote: _may_be_approved(quote) is True and not attached(quote, "refused"),
        form=ReasonForm,
        confirm=_("Whoever set the price has your reason as a to-do. The quote still cannot leave."),
        icon="circle-x",
        done=_("The price is refused."),
    ),
    Move(
        "accept",
        _("Accepted"),
        "quotes.decide",
        _accept,
        allowed=_sent,
        form=AcceptForm,
        initial=_reader_name,
        confirm=_("The paid term, its plan and its invoice come into being."),
        style="primary",
        icon="check",
        target=QuoteStatus.ACCEPTED,
    ),
    Move(
        "decline",
        pgettext_lazy("button", "Declined"),
        "quotes.decide",
        _decline,
        allowed=_sent,
        form=DeclineForm,
        icon="x",
        target=QuoteStatus.DECLINED,
    ),
    Move(
        "hand_over",
        _("Handed over"),
        "quotes.send",
        _hand_over,
        allowed=_may_leave,
        confirm=_("No mail is sent: you have handed the PDF over yourself. It is kept as it is now."),
        icon="file-export",
    ),
    Move(
        "hold",
        _("Hold"),
        "quotes.edit",
        _hold,
        allowed=lambda quote: _draft(quote) and not quote.on_hold,
        form=ReasonForm,
        confirm=_("It does not leave by itself until you let it go."),
        icon="player-pause",
    ),
    Move(
        "release",
        _("Release"),
        "quotes.edit",
        _hold,
        allowed=lambda quote: _draft(quote) and quote.on_hold,
        icon="player-play",
    ),
    Move(
        "revise",
        _("New version"),
        "quotes.edit",
        _revise,
        allowed=lambda quote: quote.status in (QuoteStatus.SENT, QuoteStatus.EXPIRED, QuoteStatus.DECLINED),
        confirm=_("A draft is made under the same number. This version stands until the new one leaves."),
        icon="copy-plus",
        done=_("The draft is made: change what you like, then send it."),
    ),
    Move(
        "withdraw",
        _("Take acceptance back"),
        "quotes.decide",
        _withdraw,
        allowed=_may_be_withdrawn,
        form=ReasonForm,
        confirm=_("The term, its plan and its invoice go; the quote is open again."),
        style="danger",
        icon="arrow-back-up",
    ),
    Move(
        "cancel",
        _("Cancel quote"),
        "quotes.edit",
        _cancel,
        allowed=lambda quote: _draft(quote) or _sent(quote),
        form=ReasonForm,
        confirm=_("Its link and the mails that wait go with it."),
        icon="ban",
        target=QuoteStatus.CANCELLED,
    ),
]
