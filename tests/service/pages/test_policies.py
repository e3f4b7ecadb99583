"""Promised times through the screens."""

import pytest

from service.models import SlaPolicy, SlaVersion
from tests.chain import accepted

pytestmark = pytest.mark.django_db


def typed(browser, **changed):
    """The form as it is offered, with what a person changed in it."""
    form = browser.get("/sla/1/move/reword/").context["form"]
    return {name: form[name].value() or "" for name in form.fields} | {"asked": 1} | changed


def test_an_administrator_words_the_times_anew(enter):
    browser = enter("administrator")
    sent = typed(browser, **{"maintenance-critical-response": "10m", "valid_from": "2026-12-01"})
    browser.post("/sla/1/move/reword/", sent)
    version = SlaVersion.objects.get(number=2)
    old = SlaVersion.objects.get(number=1)
    assert version.targets.count() == old.targets.count()
    assert version.targets.get(phase="maintenance", request_class="critical", leg="response").amount == 10


def test_what_cannot_be_read_is_said_at_its_field(enter):
    browser = enter("administrator")
    answer = browser.post("/sla/1/move/reword/", typed(browser, **{"trial-general-arrival": "soon"}))
    assert answer.status_code == 422
    assert "30m, 6h, 2d" in str(answer.context["form"].errors["trial-general-arrival"])
    assert SlaVersion.objects.count() == 1


def test_a_contract_gets_a_policy_of_its_own(enter):
    contract, policy = accepted(), SlaPolicy.objects.create(name="Gold")
    enter("service_manager").post(f"/contracts/{contract.pk}/move/sla/", {"asked": 1, "policy": policy.pk})
    contract.refresh_from_db()
    assert contract.sla_policy.policy == policy
