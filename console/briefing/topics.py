"""What people may be told by mail, and how each of them chose to be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.chatter.models import Todo
from base.ui.look import Text
from console.models import MailChoice, When

#: Until somebody chooses: what a clock runs for cannot wait for the morning.
_AT_ONCE, _MORNING = When.AT_ONCE, When.MORNING


@dataclass(frozen=True)
class Topic:
    """A kind of news: the to-dos it is made of, and how it is told until a person chooses."""

    name: str
    label: Text
    default: When
    kinds: frozenset[str] = frozenset()


ASSIGNED = Topic("assigned", _("Work assigned to me"), _AT_ONCE, frozenset({"request_to_answer", "visit_to_hold"}))
UNASSIGNED = Topic("unassigned", _("Requests that nobody has taken up"), _AT_ONCE, frozenset({"request_not_taken_up"}))
AT_RISK = Topic(
    "at_risk", _("A promised time runs out"), _AT_ONCE,
    frozenset({"response_at_risk", "arrival_at_risk", "resolution_at_risk", "pause_forgotten"}),
)  # fmt: skip
LATE = Topic(
    "late", _("A promise is broken"), _AT_ONCE,
    frozenset({"response_late", "arrival_late", "resolution_late", "session_overrun"}),
)  # fmt: skip
APPROVAL = Topic("approval", _("Waiting for my approval"), _MORNING, frozenset({"quote_to_approve"}))
ANSWERS = Topic(
    "answers", _("A customer has answered"), _MORNING,
    frozenset({"consent_agreed", "consent_refused", "quote_declined", "invoice_to_request"}),
)  # fmt: skip
OTHER = Topic("other", _("Everything else there is to do"), _MORNING)
TOPICS = (ASSIGNED, UNASSIGNED, AT_RISK, LATE, APPROVAL, ANSWERS, OTHER)


def topic_of(todo: Todo) -> Topic:
    """What a to-do is news of; a request to answer that is nobody's yet is news of another kind than one's own."""
    if todo.kind == "request_to_answer" and todo.assignee_id is None:
        return UNASSIGNED
    return next((topic for topic in TOPICS if todo.kind in topic.kinds), OTHER)


def choices_of(people: Iterable[User]) -> Mapping[tuple[int, str], When]:
    """How each person is told of each topic, by (person's key, topic's name)."""
    keys = [person.pk for person in people]
    found = {(key, topic.name): topic.default for key in keys for topic in TOPICS}
    for choice in MailChoice.objects.filter(user__in=keys):
        found[choice.user_id, choice.topic] = When(choice.when)
    return found
