"""The hand-over under everything that can happen to it, in any order (hypothesis).

Never two owners, never silence without an offer: whoever waits for a person has a time at which
something follows, and left alone with the clock she always ends with a person, the assistant, or
a message that is kept, and has been told which.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from dialogs.handover import advance, due
from dialogs.talks import (
    Asked,
    Blocked,
    Changed,
    Claimed,
    CoachWrote,
    Desk,
    HandedBack,
    Happened,
    LeftMessage,
    Notice,
    PassedOn,
    StillHere,
    Stopped,
    TakenByOther,
    Talk,
    Terms,
    Ticked,
    Unblocked,
    WithAssistant,
    Wrote,
)

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TERMS = Terms()
COACHES = st.sampled_from(["sara", "ali", "maja"])
HERS = st.one_of(
    st.builds(Asked, st.booleans()),
    st.builds(Wrote, st.booleans()),
    st.sampled_from([StillHere(), Stopped(), LeftMessage()]),
)
COACHS = st.one_of(
    st.builds(Claimed, COACHES),
    st.builds(CoachWrote, COACHES, st.booleans(), st.booleans()),
    st.builds(HandedBack, COACHES),
    st.builds(PassedOn, COACHES, st.none() | COACHES),
    st.builds(Blocked, COACHES),
    st.just(Unblocked()),
)
HOLDERS = (Claimed, CoachWrote, HandedBack, PassedOn)  # refused to who does not have it
LONGEST_WAIT = timedelta(minutes=60)
SILENT = (LeftMessage, Blocked)  # what she did herself, or is told with a notice of its own


class AnyTalk(RuleBasedStateMachine):
    """One conversation, a desk that opens, closes and empties, and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.desk = Desk(is_open=True, on_duty=1)
        self.talk = Talk()

    @rule(what=HERS)
    def she_does(self, what: Happened) -> None:
        self.happens(what)

    @rule(what=COACHS)
    def a_coach_does(self, what: Happened) -> None:
        holder = self.talk.coach
        if isinstance(what, HOLDERS) and holder not in (None, what.coach):
            with pytest.raises(TakenByOther, match=str(holder)):
                self.happens(what)
        else:
            self.happens(what)

    @rule(seconds=st.integers(0, 3_000))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.happens(Ticked())

    @rule(is_open=st.booleans(), on_duty=st.integers(0, 3), place=st.integers(1, 9))
    def the_desk_changes(self, is_open: bool, on_duty: int, place: int) -> None:
        self.desk = replace(self.desk, is_open=is_open, on_duty=on_duty, place=place)

    @rule(is_there=st.booleans())
    def the_coachs_page_is_open(self, is_there: bool) -> None:
        self.desk = replace(self.desk, coach_seen=self.now if is_there else None)

    @invariant()
    def one_owner(self) -> None:
        assert (self.talk.owner == "coach") == (self.talk.coach is not None)

    @invariant()
    def who_waits_has_a_time_at_which_something_follows(self) -> None:
        at = due(self.talk, self.now, self.desk, TERMS)
        assert (at is not None) == (self.talk.owner in ("queue", "coach"))

    @invariant()
    def left_alone_she_is_never_left_in_silence(self) -> None:
        talk, now, told = self.talk, self.now, []
        waits = talk.owner == "queue" or talk.waits_since is not None
        while (at := due(talk, now, self.desk, TERMS)) is not None:
            now = max(at, now + timedelta(seconds=1))
            assert now <= self.now + 2 * LONGEST_WAIT
            changed = advance(talk, Ticked(), now, self.desk, TERMS)
            talk = changed.talk
            told += changed.notices
        assert talk.owner in ("assistant", "left")
        assert told or not waits

    def happens(self, what: Happened) -> None:
        before = self.talk
        changed = advance(before, what, self.now, self.desk, TERMS)
        self.talk = changed.talk
        moved = (before.owner, before.coach) != (self.talk.owner, self.talk.coach)
        assert self.talk.epoch - before.epoch in ((1,) if moved else (0, 1))
        letter = isinstance(what, CoachWrote) and not what.is_live  # it speaks for itself
        if moved and not letter and not isinstance(what, SILENT):
            assert changed.notices or self._is_quiet_end(before)
        assert not _contradicts(changed)

    def _is_quiet_end(self, before: Talk) -> bool:
        """An answer to a letter, long ago: nobody waits, and she has it."""
        return self.talk.owner == "assistant" and not before.is_live


def _contradicts(changed: Changed) -> bool:
    """Whether she is told that somebody speaks with her who does not."""
    last: Notice | None = changed.notices[-1] if changed.notices else None
    return isinstance(last, WithAssistant) and changed.talk.owner != "assistant"


def test_ten_thousand_steps_leave_nobody_waiting_in_silence() -> None:
    run_state_machine_as_test(AnyTalk, settings=_steps(200, 50))


@pytest.mark.soak
def test_a_hundred_thousand_steps_leave_nobody_waiting_in_silence() -> None:
    run_state_machine_as_test(AnyTalk, settings=_steps(2_000, 50))


def _steps(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
