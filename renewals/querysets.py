"""Which quotes a person sees: those of the contracts they see (docs/rules.md 8)."""

from base.accounts.models import Role, User
from contracts.querysets import ThroughContract
from renewals.enums import QuoteStatus

#: Finance looks at what is agreed or may be any day, not at what the managers are still working on.
_SEEN_BY_FINANCE = (QuoteStatus.SENT, QuoteStatus.ACCEPTED)


class QuoteQuerySet(ThroughContract):
    """Quotes, visible with their contract; to finance only once sent and while they stand."""

    def visible_to(self, user: User) -> "QuoteQuerySet":
        rows = super().visible_to(user)
        return rows.filter(status__in=_SEEN_BY_FINANCE) if user.role == Role.FINANCE else rows  # type: ignore[return-value]
