"""A filter that lists of what hangs on contracts have in common."""

from typing import TypeVar

from django.db import models
from django.db.models import Q

from base.accounts.deputies import standing_in
from base.ui.look import Look

M = TypeVar("M", bound=models.Model)


def own(rows: models.QuerySet[M], look: Look) -> models.QuerySet[M]:
    """What hangs on this person's contracts, and on those they deputise for."""
    return rows.filter(Q(contract__manager=look.user) | standing_in(look.user, "contract__manager__"))
