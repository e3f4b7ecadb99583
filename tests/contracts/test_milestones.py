"""Go-live and preliminary acceptance: on a day that can be, with the certificate they came with."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from base.chatter.models import Attachment
from base.lib.errors import Refused
from contracts.enums import Milestone
from contracts.models import Contract
from contracts.operations import record_milestone, save_contract, terminate_contract
from tests.access.world import PDF
from tests.chain import AT, ON, accepted, day, signed, verbs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def reach(contract, reached_on=ON, milestone=Milestone.GO_LIVE, **more):
    record_milestone(contract=contract, milestone=milestone, reached_on=reached_on, by=None, at=AT, on=ON, **more)


@pytest.mark.parametrize("milestone", [Milestone.GO_LIVE, Milestone.PRELIMINARY])
def test_it_is_kept_with_its_certificate(milestone, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    contract = signed()
    reach(contract, milestone=milestone, certificate=SimpleUploadedFile("certificate.pdf", PDF))
    stored = Contract.objects.get(pk=contract.pk)
    assert getattr(stored, f"{milestone.value}_on") == ON
    assert verbs(contract)[-2:] == ["milestone", "file_added"]
    assert Attachment.objects.get().label == milestone.value


@pytest.mark.parametrize("reached_on", [ON + DAY, day("2019-12-31")])
def test_it_lies_neither_before_signing_nor_in_the_future(reached_on):
    contract = signed(signed_on=day("2020-01-01"))
    with pytest.raises(Refused) as no:
        reach(contract, reached_on)
    assert no.value.field == "reached_on"
    assert "milestone" not in verbs(contract)


def test_the_days_of_signing_and_of_today_can_be():
    contract = signed(signed_on=ON)
    reach(contract, ON)
    assert verbs(contract)[-1] == "milestone"


def test_it_lies_not_after_final_acceptance():
    contract = accepted(day("2026-01-15"))
    with pytest.raises(Refused) as no:
        reach(contract, day("2026-01-16"))
    assert no.value.field == "reached_on"
    reach(contract, day("2026-01-15"))


def test_only_on_an_active_contract_and_final_acceptance_is_not_ours_to_record(director):
    contract = signed()
    with pytest.raises(Refused) as no:
        reach(contract, milestone=Milestone.FINAL)
    assert no.value.code == "wrong_state"
    terminate_contract(contract=contract, on=ON, reason="over", by=director, at=AT)
    with pytest.raises(Refused) as no:
        reach(contract)
    assert no.value.code == "wrong_state"


def test_an_amount_is_more_than_nothing(manager):
    contract = signed(manager=manager)
    amount = contract.amount
    with pytest.raises(Refused) as no:
        save_contract(contract=contract, values={"amount": amount * 0}, by=manager, at=AT)
    assert no.value.field == "amount"
