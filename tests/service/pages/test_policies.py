"""Promised times through the screens."""

import pytest

from service.models import SlaPolicy, SlaVersion
from tests.chain import ON, accepted

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


def test_what_promises_less_names_whom_it_touches_and_is_ticked(enter):
    contract, browser = accepted(), enter("service_manager")
    later = {"maintenance-critical-response": "60m", "valid_from": "2026-12-01"}
    answer = browser.post("/sla/1/move/reword/", typed(browser, **later))
    assert answer.status_code == 422
    told = str(answer.context["form"].errors["all_the_same"])
    assert [word for word in (contract.number, "30 min", "1 h") if word not in told] == []
    browser.post("/sla/1/move/reword/", typed(browser, **later, all_the_same="on"))
    assert SlaVersion.objects.count() == 2


def test_a_contract_gets_a_policy_of_its_own(enter):
    contract, policy = accepted(), SlaPolicy.objects.create(name="Gold")
    SlaVersion.objects.create(policy=policy, number=1, valid_from=ON)
    enter("service_manager").post(f"/contracts/{contract.pk}/move/sla/", {"asked": 1, "policy": policy.pk})
    contract.refresh_from_db()
    assert contract.sla_policy.policy == policy
