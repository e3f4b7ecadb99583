"""How somebody wants to be told of what there is to do."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.models import User
from base.chatter.operations import record
from base.lib.errors import NotAllowed
from console.briefing.topics import TOPICS, choices_of
from console.models import MailChoice, When


@transaction.atomic
def choose_mail(*, user: User, choices: Mapping[str, When], by: User, at: datetime) -> None:
    """Choose for oneself, by the topic's name; a topic that is not named stays as it is."""
    if by.pk != user.pk:
        raise NotAllowed(_("You may not do this."))
    before, known = choices_of([user]), {topic.name for topic in TOPICS}
    changes = {}
    for name, when in choices.items():
        if name in known and before[user.pk, name] != when:
            MailChoice.objects.update_or_create(user=user, topic=name, defaults={"when": when})
            changes[name] = [before[user.pk, name].value, When(when).value]
    if changes:
        record(user, "mail_chosen", by=by, at=at, changes=changes)
