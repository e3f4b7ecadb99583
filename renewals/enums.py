"""The states of quotes, and the codes of what renewals plan (docs/rules.md 5, 7.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: The origin of a term that an accepted quote became (`warranty.agreements`).
TERM_ORIGIN = "quote"


class QuoteStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", pgettext_lazy("quote", "sent")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    SUPERSEDED = "superseded", _("superseded")
    CANCELLED = "cancelled", pgettext_lazy("quote", "cancelled")


class RenewalAction(models.TextChoices):
    """The kinds of planned actions that renewals declare."""

    RENEWAL_QUOTE = "renewal_quote", _("renewal quote is drafted")
    RENEWAL_SEND = "renewal_send", _("renewal quote is sent")
    RENEWAL_REMINDER = "renewal_reminder", _("renewal reminder")
    QUOTE_EXPIRY = "quote_expiry", _("quote expires")
    BUDGET_NOTICE = "budget_notice", _("budget notice")
    QUOTE_REPLACED = "quote_replaced", _("word that a new quote follows")


class RenewalReason(models.TextChoices):
    """Why a step of a renewal waits, was skipped, or is done by hand; with `%(value)s` where it keeps a value."""

    OPEN_QUOTE = "open_quote", _("There is an open quote already.")
    DRAFTED_LATER = "drafted_later", _("The quote was drafted later.")
    WAITS_FOR_DRAFT = "waits_for_draft", _("Waits for the draft.")
    NO_DRAFT = "no_draft", _("There is no draft to send.")
    SNOOZED = "snoozed", _("Snoozed until %(value)s.")
    WAITS_FOR_APPROVAL = "waits_for_approval", _("Waits for a director's approval.")
    BY_HAND = "by_hand", _("By hand: the account manager is reminded.")
    LATER_REMINDER = "later_reminder", _("A later reminder is sent.")
    NO_QUOTE_SENT = "no_quote_sent", _("No quote is sent yet: the account manager is told.")
    NO_OPEN_QUOTE = "no_open_quote", _("No sent quote is open.")
    QUOTE_LEFT = "quote_left", _("A quote has left already.")
    CALLED_BACK = "called_back", _("Quote %(value)s was called back: say what is to follow.")
    NOTHING_FOLLOWS = "nothing_follows", _("No new quote follows.")
    VALID_LONGER = "valid_longer", _("The quote is valid longer.")
    MAIL_WAITS = "mail_waits", _("Its mail has not left yet: its days count from then.")
