"""A planned row is held back with a reason, and let go again; what is settled or held already is refused."""

import pytest

from base.chatter.operations import events_of
from base.lib.errors import NotAllowed, Refused
from tests.chain import AT, accepted, row
from tests.factories import UserFactory
from warranty.enums import ActionKind, ActionState
from warranty.models import PlannedAction
from warranty.planning.holding import hold_action, is_holdable, release_action

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice():
    return row(accepted(), "renewal_send")


def hold(action, by, reason="Talks are on"):
    hold_action(action=action, reason=reason, by=by, at=AT)


def test_held_and_let_go_it_says_why_and_leaves_both_events(notice, director):
    hold(notice, director, "  Talks are on ")
    stored = PlannedAction.objects.get(pk=notice.pk)
    assert (stored.on_hold, stored.problem, stored.state) == (True, "Talks are on", ActionState.PLANNED)
    release_action(action=notice, by=director, at=AT)
    stored.refresh_from_db()
    assert (stored.on_hold, stored.problem) == (False, "")
    told = events_of(notice.contract).filter(verb__startswith="plan_").order_by("pk")
    assert [(event.verb, event.by) for event in told][-2:] == [("plan_held", director), ("plan_released", director)]
    assert "Talks are on" in told[0].note


def test_without_a_reason_it_is_not_held(notice, director):
    with pytest.raises(Refused) as no:
        hold(notice, director, " ")
    assert no.value.field == "reason"
    assert not PlannedAction.objects.get(pk=notice.pk).on_hold


def test_what_comes_by_itself_is_not_held(director):
    end = row(accepted(), "coverage_end")
    with pytest.raises(Refused) as no:
        hold(end, director)
    assert no.value.code == "kind"
    assert not is_holdable("a_kind_nobody_declares")
    assert is_holdable(ActionKind.INSPECTION_NOTICE)


def test_twice_held_released_unheld_or_settled_meanwhile_is_refused(notice, director):
    with pytest.raises(Refused) as no:
        release_action(action=notice, by=director, at=AT)
    assert no.value.code == "wrong_state"
    hold(notice, director)
    with pytest.raises(Refused) as no:
        hold(notice, director)
    assert no.value.code == "wrong_state"
    PlannedAction.objects.filter(pk=notice.pk).update(state=ActionState.CANCELLED)
    with pytest.raises(Refused) as no:
        release_action(action=notice, by=director, at=AT)
    assert no.value.code == "wrong_state"


def test_an_engineer_holds_nothing_back(notice):
    with pytest.raises(NotAllowed):
        hold(notice, UserFactory(role="engineer"))
