"""Operations on SLA policies: a wording never changes, another one takes its place from a day on."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, create, record
from base.lib.errors import Refused
from contracts.models import Contract
from service.models import ContractPolicy, SlaPolicy, SlaTarget, SlaVersion
from service.rules import Table


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


@transaction.atomic
def choose_policy(*, contract: Contract, policy: SlaPolicy | None, by: User, at: datetime) -> None:
    """Say by which policy a contract is served from now on; None is the default one. Open requests keep theirs."""
    require(by, "requests.assign")
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
