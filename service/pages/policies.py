"""SLA policies: the promised times of each version, as two tables."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from base.accounts.access import may
from base.accounts.models import User
from base.ui.columns import Column
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move, Tab
from service import labels
from service.enums import Leg
from service.forms.requests import NewPolicyForm, WordingForm
from service.models import SlaPolicy
from service.policies import write_version
from service.queries import table_of
from service.sentences import target_text


def _versions(policy: SlaPolicy, look: Look) -> Mapping[str, Any]:
    """Each version with a line a class: phase, class, and a time (or none) a leg."""
    phases, classes = dict(labels.PHASES), dict(labels.CLASSES)
    found = []
    for version in policy.versions.prefetch_related("targets"):
        lines = [
            (
                phases[phase.value],
                classes[each.value],
                [target_text(promise[leg]) if leg in promise else "" for leg in Leg],
            )
            for (phase, each), promise in table_of(version).items()
        ]
        found.append((version, lines))
    return {"versions": found, "legs": [labels.LEGS[leg] for leg in Leg]}


def _reword(policy: SlaPolicy, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> None:
    write_version(policy=policy, table=data["table"], valid_from=data["valid_from"], by=by, at=at)


class PolicyPage(ModelPage[SlaPolicy]):
    model, slug, icon = SlaPolicy, "sla", "clock-check"
    key = "name"
    actions = Actions(view="sla.view", create="sla.edit", edit="sla.edit")
    form = NewPolicyForm
    moves = [
        Move(
            "reword",
            _("New promised times"),
            "sla.edit",
            _reword,
            form=WordingForm,
            initial=lambda policy, look: {"valid_from": look.today},
            icon="clock-edit",
            confirm=_("Requests taken before keep the times they were taken under."),
            done=_("The new times are in force from their day on."),
        )
    ]
    search = ["name"]
    columns = [Column("name"), Column("is_default"), Column("note", optional=True)]
    sheet = [Group(_("Policy"), ["name", "is_default"]), Group(_("Note"), ["note"])]
    tabs = [Tab("versions", _("Promised times"), "service/versions.html", _versions)]

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[SlaPolicy]:
        return SlaPolicy.objects.all() if may(user, "sla.view") else SlaPolicy.objects.none()
