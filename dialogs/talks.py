"""Who speaks with her: the assistant, a queue, a coach, or nobody yet; and what can happen.

An episode begins when she asks for a person and ends when she is with the assistant again.
``epoch`` counts every change of owner, so that two can never both have a conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Owner = Literal["assistant", "queue", "coach", "left"]
Ending = Literal["handed_back", "idle", "by_her", "quiet"]


class TakenByOther(Exception):
    """Another coach has this conversation; ``coach`` is her id."""

    def __init__(self, coach: str) -> None:
        super().__init__(coach)
        self.coach = coach


@dataclass(frozen=True)
class Terms:
    """How long what may take. Slow readers, and people with a translator, need their time."""

    place_every: timedelta = timedelta(minutes=2)
    offer_after: timedelta = timedelta(minutes=5)
    offer_again: timedelta = timedelta(minutes=10)
    give_up_after: timedelta = timedelta(minutes=15)
    nudge_after: timedelta = timedelta(minutes=3)
    requeue_after: timedelta = timedelta(minutes=8)
    absent_after: timedelta = timedelta(seconds=60)
    warn_after: timedelta = timedelta(minutes=25)
    end_after: timedelta = timedelta(minutes=40)
    blocked_for: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class Talk:
    """One conversation's hand-over. ``coach`` is there exactly when the owner is a coach.

    ``asked_at`` is when she asked, and her place in the queue; it stays when she is put back.
    ``since`` is when the owner changed, from which waiting is counted.
    ``waits_since`` is her oldest word that no person has answered. ``quiet_since`` is when one of
    the two last wrote. ``is_live``: both are there, not a letter that is answered later.
    ``told`` counts what we have said of our own accord since the owner changed.
    """

    owner: Owner = "assistant"
    epoch: int = 0
    coach: str | None = None
    asked_at: datetime | None = None
    since: datetime | None = None
    waits_since: datetime | None = None
    quiet_since: datetime | None = None
    told: int = 0
    told_at: datetime | None = None
    told_place: int = 0
    is_live: bool = False
    is_urgent: bool = False
    blocked_until: datetime | None = None


@dataclass(frozen=True)
class Desk:
    """The coaches' side at this moment. ``place`` is hers in the queue, from 1.

    ``minutes`` is how long those before her have really waited lately, None when nobody has.
    ``opens`` is when people answer again, None when they do now or nobody knows.
    """

    is_open: bool
    on_duty: int
    place: int = 1
    minutes: int | None = None
    opens: datetime | None = None
    coach_seen: datetime | None = None

    @property
    def is_staffed(self) -> bool:
        """Whether somebody can take a talk now."""
        return self.is_open and self.on_duty > 0


@dataclass(frozen=True)
class Standing:
    """One conversation's hand-over, the desk, and the first name of the coach who has it."""

    talk: Talk
    desk: Desk
    name: str | None


@dataclass(frozen=True)
class Asked:
    """She asked for a person. ``is_urgent``: danger was on her screen."""

    is_urgent: bool = False


@dataclass(frozen=True)
class Wrote:
    """She wrote, or sent something. ``is_urgent``: there was danger in it."""

    is_urgent: bool = False


@dataclass(frozen=True)
class StillHere:
    """She answered that she is there."""


@dataclass(frozen=True)
class Stopped:
    """She wants the assistant again: waits no more, or ends the talk."""


@dataclass(frozen=True)
class LeftMessage:
    """She left a message for later."""


@dataclass(frozen=True)
class Claimed:
    """A coach takes the conversation, from wherever it is."""

    coach: str


@dataclass(frozen=True)
class CoachWrote:
    """A coach wrote, and has the conversation by that. ``is_live``: she is on duty just now.

    ``has_read``: she had seen all that was written; else something of hers waits still.
    """

    coach: str
    is_live: bool = True
    has_read: bool = True


@dataclass(frozen=True)
class HandedBack:
    """The coach is done: the assistant again."""

    coach: str


@dataclass(frozen=True)
class PassedOn:
    """The coach gives it to another (``to``), or to whoever is next (None)."""

    coach: str
    to: str | None = None


@dataclass(frozen=True)
class Blocked:
    """A coach ends it and will not be written to for a while."""

    coach: str


@dataclass(frozen=True)
class Unblocked:
    """She may ask for a person again."""


@dataclass(frozen=True)
class Ticked:
    """Time has passed."""


ByHer = Asked | Wrote | StillHere | Stopped | LeftMessage
ByCoach = Claimed | CoachWrote | HandedBack | PassedOn | Blocked | Unblocked
Happened = ByHer | ByCoach | Ticked


@dataclass(frozen=True)
class InQueue:
    """Her place, and how long those before her waited."""

    place: int
    minutes: int | None
    is_first: bool = True  # told at once, not as news later


@dataclass(frozen=True)
class StillWaiting:
    """It takes long: what she can do instead."""


@dataclass(frozen=True)
class Closed:
    """Nobody is there now. ``opens`` is when somebody is."""

    opens: datetime | None


@dataclass(frozen=True)
class Later:
    """Nobody could take it: it is kept, and answered first. ``opens`` as above."""

    opens: datetime | None


@dataclass(frozen=True)
class Joined:
    """A person is here. ``before`` is who was, when one gives it to another."""

    coach: str
    before: str | None = None


@dataclass(frozen=True)
class CoachLeft:
    """Who was here had to go; ``place`` is hers in the queue again."""

    coach: str
    place: int


@dataclass(frozen=True)
class AreYouThere:
    """Nobody has written for a while."""

    coach: str


@dataclass(frozen=True)
class WithAssistant:
    """The automatic assistant answers again; ``coach`` was there before."""

    why: Ending
    coach: str | None = None


@dataclass(frozen=True)
class NotNow:
    """She has been blocked until then."""

    until: datetime


Notice = (
    InQueue
    | StillWaiting
    | Closed
    | Later
    | Joined
    | CoachLeft
    | AreYouThere
    | WithAssistant
    | NotNow
)


@dataclass(frozen=True)
class Changed:
    """What something came to: how it stands now, and what she is told."""

    talk: Talk
    notices: tuple[Notice, ...] = ()
