"""Who speaks with her, by the rules: no clock, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialogs.handover import advance, due
from dialogs.talks import (
    AreYouThere,
    Asked,
    Blocked,
    Changed,
    Claimed,
    Closed,
    CoachLeft,
    CoachWrote,
    Desk,
    HandedBack,
    Happened,
    InQueue,
    Joined,
    Later,
    LeftMessage,
    NotNow,
    PassedOn,
    StillHere,
    StillWaiting,
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
OPENS = datetime(2026, 11, 24, 7, tzinfo=UTC)
STAFFED = Desk(is_open=True, on_duty=2, place=2, minutes=4)
CLOSED = Desk(is_open=False, on_duty=0, opens=OPENS)
TERMS = Terms()


class Story:
    """One conversation; time passes only when it is told to."""

    def __init__(self) -> None:
        self.talk, self.now, self.desk = Talk(), MONDAY, STAFFED
        self.changed = Changed(self.talk)
        self.coach_seen: datetime | None = None
        self.coach_stays = False

    def then(self, *happened: Happened) -> Story:
        for each in happened:
            self.changed = advance(self.talk, each, self.now, self._desk(), TERMS)
            self.talk = self.changed.talk
        return self

    def after(self, minutes: float, *happened: Happened) -> Story:
        self.now += timedelta(minutes=minutes)
        return self.then(*(happened or (Ticked(),)))

    def at(self, desk: Desk) -> Story:
        self.desk = desk
        return self

    def coach_is_there(self) -> Story:
        self.coach_stays = True
        return self

    def coach_goes(self) -> Story:
        self.coach_seen, self.coach_stays = self.now, False
        return self

    @property
    def told(self) -> tuple[object, ...]:
        return self.changed.notices

    def _desk(self) -> Desk:
        seen = self.now if self.coach_stays else self.coach_seen
        return replace(self.desk, coach_seen=seen)


@pytest.fixture
def story() -> Story:
    return Story()


def test_who_asks_while_somebody_is_on_duty_is_in_the_queue_and_hears_her_place(
    story: Story,
) -> None:
    story.then(Asked())
    assert story.talk.owner == "queue"
    assert story.told == (InQueue(2, 4),)


@pytest.mark.parametrize("desk", [CLOSED, replace(STAFFED, on_duty=0, opens=None)])
def test_who_asks_while_nobody_is_there_stays_with_the_assistant_and_hears_why(
    story: Story, desk: Desk
) -> None:
    story.at(desk).then(Asked())
    assert story.talk.owner == "assistant"
    assert story.told == (Closed(desk.opens),)


def test_asking_twice_keeps_her_place(story: Story) -> None:
    asked = story.then(Asked()).talk.asked_at
    story.after(1, Asked())
    assert story.talk.asked_at == asked
    assert story.talk.epoch == 1


def test_stopping_brings_the_assistant_back(story: Story) -> None:
    story.then(Asked(), Stopped())
    assert story.talk.owner == "assistant"
    assert story.told == (WithAssistant("by_her"),)


def test_the_place_is_told_when_it_is_better_and_not_more_than_every_second_minute(
    story: Story,
) -> None:
    story.then(Asked()).at(replace(STAFFED, place=1))
    assert story.after(1).told == ()
    assert story.after(1).told == (InQueue(1, 4, is_first=False),)
    assert story.after(2).told == ()


def test_a_worse_place_is_not_told(story: Story) -> None:
    story.then(Asked()).at(replace(STAFFED, place=5))
    assert story.after(2).told == ()


def test_a_long_wait_offers_something_else_twice_and_is_then_kept_for_later(
    story: Story,
) -> None:
    story.then(Asked())
    assert story.after(5).told == (StillWaiting(),)
    assert story.after(1).told == ()
    assert story.after(4).told == (StillWaiting(),)
    assert story.after(5).told == (Later(None),)
    assert story.talk.owner == "left"
    assert story.talk.asked_at == MONDAY


@pytest.mark.parametrize("desk", [CLOSED, replace(STAFFED, on_duty=0)])
def test_the_queue_ends_when_the_desk_does(story: Story, desk: Desk) -> None:
    story.then(Asked()).at(desk)
    assert story.after(2).told == (Later(desk.opens),)
    assert story.talk.owner == "left"


def test_a_coach_takes_her_and_says_so(story: Story) -> None:
    story.then(Asked(), Claimed("sara"))
    assert (story.talk.owner, story.talk.coach) == ("coach", "sara")
    assert story.told == (Joined("sara"),)


def test_two_coaches_can_never_have_her(story: Story) -> None:
    story.then(Asked(), Claimed("sara"))
    for attempt in (Claimed("ali"), CoachWrote("ali"), HandedBack("ali"), PassedOn("ali")):
        with pytest.raises(TakenByOther) as taken:
            story.then(attempt)
        assert taken.value.coach == "sara"


def test_a_coach_who_writes_has_the_conversation(story: Story) -> None:
    story.then(CoachWrote("sara"))
    assert story.talk.coach == "sara"
    assert story.talk.waits_since is None


def test_a_silent_coach_is_nudged_and_then_somebody_else_is_looked_for(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), CoachWrote("sara"), Wrote())
    story.coach_is_there().after(3)
    assert (story.told, story.talk.told) == ((), 1)
    story.coach_is_there().after(5)
    assert story.told == (CoachLeft("sara", 2),)
    assert story.talk.owner == "queue"
    assert story.talk.asked_at == MONDAY


def test_a_claim_without_a_word_is_silence_too(story: Story) -> None:
    story.then(Asked(), Claimed("sara")).coach_is_there().after(3)
    assert story.talk.told == 1


def test_a_coach_whose_page_is_gone_is_missed_after_a_minute(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), Wrote()).coach_goes()
    assert story.after(0.5).told == ()
    story.after(0.5)
    assert story.told == (CoachLeft("sara", 2),)


def test_what_nobody_can_take_over_is_kept_for_later(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), Wrote()).at(CLOSED).after(2)
    assert story.told == (Later(OPENS),)


def test_she_is_asked_whether_she_is_there_and_the_assistant_comes_back(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), CoachWrote("sara")).coach_is_there()
    assert story.after(25).told == (AreYouThere("sara"),)
    assert story.after(15).told == (WithAssistant("idle", "sara"),)


def test_one_tap_gives_her_all_the_time_again(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), CoachWrote("sara")).coach_is_there()
    story.after(25).then(StillHere())
    assert story.after(15).told == ()
    assert story.after(10).told == (AreYouThere("sara"),)


def test_an_answer_the_next_morning_ends_without_a_word(story: Story) -> None:
    story.at(CLOSED).then(LeftMessage(), CoachWrote("sara", is_live=False))
    assert story.after(39).talk.owner == "coach"
    story.after(1)
    assert (story.talk.owner, story.told) == ("assistant", ())


def test_who_answers_such_a_letter_is_not_left_alone(story: Story) -> None:
    story.at(STAFFED).then(LeftMessage(), CoachWrote("sara", is_live=False))
    story.after(5, Wrote()).after(1)
    assert story.talk.owner == "queue"


def test_a_coach_hands_back(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), HandedBack("sara"))
    assert story.told == (WithAssistant("handed_back", "sara"),)


def test_a_coach_passes_her_on_to_a_colleague_or_to_the_queue(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), PassedOn("sara", "ali"))
    assert story.told == (Joined("ali", before="sara"),)
    story.then(PassedOn("ali"))
    assert story.talk.owner == "queue"
    assert story.talk.asked_at == MONDAY


def test_danger_stays_with_the_talk_and_ends_with_it(story: Story) -> None:
    story.then(Asked(), Wrote(is_urgent=True), Claimed("sara"))
    assert story.talk.is_urgent
    assert not story.then(HandedBack("sara")).talk.is_urgent


def test_who_is_blocked_is_told_until_when_and_may_ask_again_after_that(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), Blocked("sara"))
    until = MONDAY + TERMS.blocked_for
    assert story.told == (NotNow(until),)
    assert story.then(Asked()).told == (NotNow(until),)
    assert story.after(7 * 24 * 60, Asked()).talk.owner == "queue"


def test_a_block_can_be_lifted(story: Story) -> None:
    story.then(Blocked("sara"), Unblocked(), Asked())
    assert story.talk.owner == "queue"


def test_a_message_left_is_as_old_as_her_first_question(story: Story) -> None:
    story.then(Asked()).after(5).after(5).after(5)
    story.after(10, LeftMessage())
    assert (story.talk.owner, story.talk.asked_at) == ("left", MONDAY)


def test_something_is_due_while_she_waits_and_nothing_when_she_does_not(story: Story) -> None:
    for happened in (Asked(), Claimed("sara"), Wrote(), CoachWrote("sara")):
        story.then(happened)
        at = due(story.talk, story.now, story.desk, TERMS)
        assert at is not None
        assert at > story.now
    story.then(HandedBack("sara"))
    assert due(story.talk, story.now, story.desk, TERMS) is None


def test_who_goes_on_writing_has_waited_since_her_first_word(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), CoachWrote("sara"), Wrote()).coach_is_there()
    for _minute in range(7):
        story.after(1, Wrote(), Ticked())
    assert story.talk.owner == "coach"
    assert story.after(1, Wrote(), Ticked()).talk.owner == "queue"


def test_words_that_cross_are_waited_for(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), Wrote()).after(1, CoachWrote("sara", has_read=False))
    assert story.talk.waits_since == MONDAY


def test_a_coach_at_her_screen_is_not_missed_at_closing_time(story: Story) -> None:
    story.then(Asked(), Claimed("sara"), CoachWrote("sara"), Wrote()).at(CLOSED).coach_is_there()
    assert story.after(2).talk.owner == "coach"


def test_a_message_left_that_a_coach_takes_is_waited_for(story: Story) -> None:
    story.then(LeftMessage(), Claimed("sara"))
    assert story.talk.waits_since == MONDAY


def test_a_message_left_long_ago_gives_no_place_in_the_queue(story: Story) -> None:
    story.then(LeftMessage()).after(25 * 60, Asked())
    assert story.talk.asked_at == story.now


def test_danger_on_her_screen_is_forgotten_when_nobody_is_there(story: Story) -> None:
    story.at(CLOSED).then(Asked(is_urgent=True))
    assert not story.talk.is_urgent


def test_a_letter_is_no_talk_until_she_writes_back(story: Story) -> None:
    story.then(CoachWrote("sara"))
    assert not story.talk.is_live
    assert story.then(Wrote()).talk.is_live
