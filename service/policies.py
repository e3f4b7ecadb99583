"""Operations on SLA policies: a wording never changes, another one takes its place from a day on."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, create, record
from base.lib.errors import Refused
from contracts.enums import ContractStatus
from contracts.models import Contract
from service.enums import Leg, Phase, RequestClass
from service.models import ContractPolicy, SlaPolicy, SlaTarget, SlaVersion
from service.rules import Table, Target


@transaction.atomic
def write_version(*, policy: SlaPolicy, table: Table, valid_from: date, by: User | None, at: datetime) -> SlaVersion:
    """Store the next wording of a policy. Requests taken before keep the one they were taken under."""
    require(by, "sla.edit")
    if not any(table.values()):
        raise Refused(_("Promise something."), field="table")
    newest = policy.versions.aggregate(newest=Max("number"), day=Max("valid_from"))
    if newest["day"] and valid_from <= newest["day"]:
        raise Refused(
            _("The wording before is in force from %(day)s: choose a later day.") % {"day": newest["day"]},
            field="valid_from",
        )
    version = SlaVersion.objects.create(policy=policy, number=(newest["newest"] or 0) + 1, valid_from=valid_from)
    SlaTarget.objects.bulk_create(
        [
            SlaTarget(
                version=version,
                phase=phase,
                request_class=request_class,
                leg=leg,
                unit=target.unit,
                amount=target.amount,
            )
            for (phase, request_class), promise in table.items()
            for leg, target in promise.items()
        ]
    )
    record(policy, "version_written", by=by, at=at, note=f"{version.number}: {valid_from.isoformat()}")
    return version


class Looser(NamedTuple):
    """A target that a next wording would promise less of: later than before, or not at all any more."""

    phase: Phase
    request_class: RequestClass
    leg: Leg
    before: Target
    after: Target | None


def looser(before: Table, after: Table) -> list[Looser]:
    """What a next wording would take back from customers; of targets in different units, each that is not the same."""
    found = []
    for (phase, each), promise in before.items():
        for leg, target in promise.items():
            new = after.get((phase, each), {}).get(leg)
            if new is None or (new != target and (new.unit != target.unit or new.amount > target.amount)):
                found.append(Looser(phase, each, leg, target, new))
    return found


def touched(policy: SlaPolicy) -> QuerySet[Contract]:
    """The contracts in force whose requests are served by a policy from its next wording on."""
    rows = Contract.objects.filter(status=ContractStatus.ACTIVE)
    served = rows.filter(sla_policy=None) if policy.is_default else rows.filter(sla_policy__policy=policy)
    return served.select_related("customer").order_by("number")


@transaction.atomic
def choose_policy(*, contract: Contract, policy: SlaPolicy | None, by: User, at: datetime) -> None:
    """Say by which policy a contract is served from now on; None is the default one. Open requests keep theirs."""
    require(by, "requests.assign")
    if policy and not policy.versions.exists():
        raise Refused(_("This policy promises nothing yet: word its times first."), field="policy", code="empty")
    chosen = ContractPolicy.objects.filter(contract=contract).first()
    before = str(chosen.policy) if chosen else None
    if policy is None:
        if chosen:
            chosen.delete()
    elif chosen is None:
        create(ContractPolicy(contract=contract, policy=policy), by=by, at=at)
    else:
        change(chosen, {"policy": policy}, by=by, at=at)
    if before != (str(policy) if policy else None):
        record(contract, "policy_chosen", by=by, at=at, changes={"policy": [before, str(policy) if policy else None]})
