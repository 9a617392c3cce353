"""The hand-over as one pure function: what happened, and who speaks with her after it.

Every wait ends in a person, a time, a message that is kept, or the assistant; none in silence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dialogs.talks import (
    AreYouThere,
    Asked,
    Blocked,
    ByCoach,
    ByHer,
    Changed,
    Claimed,
    Closed,
    CoachLeft,
    CoachWrote,
    Desk,
    Ending,
    HandedBack,
    Happened,
    InQueue,
    Joined,
    Later,
    LeftMessage,
    Notice,
    NotNow,
    Owner,
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

AS_OLD_AS = timedelta(days=1)  # a message left so lately keeps her place when she asks again


def advance(talk: Talk, happened: Happened, now: datetime, desk: Desk, terms: Terms) -> Changed:
    """How it stands after something happened. Raises TakenByOther."""
    match happened:
        case Ticked():
            return _ticked(talk, now, desk, terms)
        case Asked() | Wrote() | StillHere() | Stopped() | LeftMessage():
            return _by_her(talk, happened, now, desk)
        case _:
            return _by_coach(talk, happened, now, desk, terms)


def due(talk: Talk, now: datetime, desk: Desk, terms: Terms) -> datetime | None:
    """When something may follow by itself, at the earliest; None when nothing does."""
    since = talk.since or now
    match talk.owner:
        case "queue":
            stages = (terms.offer_after, terms.offer_again, terms.give_up_after)
            coming = [since + stage for stage in stages[talk.told :]]
            return min((talk.told_at or now) + terms.place_every, *coming)
        case "coach" if talk.waits_since:
            answer = terms.requeue_after if talk.told else terms.nudge_after
            missed = max(desk.coach_seen or since, talk.waits_since) + terms.absent_after
            # Who is there now may be gone by then: it is looked at again and again.
            look = missed if missed > now else now + terms.absent_after
            return min(look, talk.waits_since + answer)
        case "coach":
            warns = talk.is_live and not talk.told
            return (talk.quiet_since or now) + (terms.warn_after if warns else terms.end_after)
        case _:
            return None


def _by_her(talk: Talk, happened: ByHer, now: datetime, desk: Desk) -> Changed:
    match happened:
        case Asked(is_urgent=urgent):
            return _asked(talk, now, desk, is_urgent=urgent)
        case Wrote(is_urgent=urgent):
            return _wrote(talk, now, is_urgent=urgent)
        case StillHere():
            return Changed(replace(talk, quiet_since=now, told=0) if talk.coach else talk)
        case Stopped():
            with_people = talk.owner in ("queue", "coach")
            return _back(talk, "by_her", now) if with_people else Changed(talk)
        case LeftMessage():
            kept = talk if talk.owner in ("coach", "left") else _given(talk, "left", now)
            return Changed(replace(kept, asked_at=kept.asked_at or now))


def _by_coach(talk: Talk, happened: ByCoach, now: datetime, desk: Desk, terms: Terms) -> Changed:
    match happened:
        case Claimed(coach=coach):
            return _claimed(talk, coach, now, is_live=True)
        case CoachWrote():
            return _answered(talk, happened, now)
        case HandedBack(coach=coach):
            return _back(talk, "handed_back", now) if _has(talk, coach) else Changed(talk)
        case PassedOn(coach=coach, to=other):
            return _passed_on(talk, other, now, desk) if _has(talk, coach) else Changed(talk)
        case Blocked():
            until = now + terms.blocked_for
            ended = replace(_given(talk, "assistant", now), blocked_until=until)
            return Changed(ended, (NotNow(until),))
        case Unblocked():
            return Changed(replace(talk, blocked_until=None))


def _asked(talk: Talk, now: datetime, desk: Desk, *, is_urgent: bool) -> Changed:
    if talk.blocked_until and now < talk.blocked_until:
        return Changed(talk, (NotNow(talk.blocked_until),))
    if talk.owner == "coach":
        return Changed(talk, (Joined(talk.coach or ""),))
    if talk.owner == "queue":
        return Changed(talk, (InQueue(desk.place, desk.minutes),))
    if not desk.is_staffed:
        return Changed(talk, (Closed(desk.opens),))
    asked = talk.asked_at if talk.owner == "left" else None
    if asked is not None and now - asked > AS_OLD_AS:
        asked = None
    marked = replace(talk, asked_at=asked, is_urgent=talk.is_urgent or is_urgent)
    return _queued(marked, now, desk, InQueue(desk.place, desk.minutes))


def _wrote(talk: Talk, now: datetime, *, is_urgent: bool) -> Changed:
    """What a coach has not answered is waited for from her first word."""
    heard = replace(talk, is_urgent=talk.is_urgent or is_urgent)
    if talk.owner != "coach":
        return Changed(heard)
    told = talk.told if talk.waits_since else 0
    waits = talk.waits_since or now
    return Changed(replace(heard, waits_since=waits, quiet_since=now, is_live=True, told=told))


def _answered(talk: Talk, wrote: CoachWrote, now: datetime) -> Changed:
    """A letter, until she writes back; whoever waited in the queue is there already."""
    claimed = _claimed(talk, wrote.coach, now, is_live=talk.owner == "queue")
    waits = None if wrote.has_read else (talk.waits_since or now)
    answered = replace(claimed.talk, waits_since=waits, told=0)
    return Changed(answered, claimed.notices if wrote.is_live else ())


def _claimed(talk: Talk, coach: str, now: datetime, *, is_live: bool) -> Changed:
    if _has(talk, coach):
        return Changed(replace(talk, quiet_since=now, is_live=is_live or talk.is_live))
    taken = _given(
        talk,
        "coach",
        now,
        coach=coach,
        asked_at=talk.asked_at or now,
        waits_since=now if talk.owner in ("queue", "left") else None,
        quiet_since=now,
        is_live=is_live,
    )
    return Changed(taken, (Joined(coach),))


def _passed_on(talk: Talk, other: str | None, now: datetime, desk: Desk) -> Changed:
    if other is None:
        return _put_back(talk, now, desk)
    if other == talk.coach:
        return Changed(talk)
    given = _given(
        talk,
        "coach",
        now,
        coach=other,
        asked_at=talk.asked_at,
        waits_since=now,
        quiet_since=now,
        is_live=talk.is_live,
    )
    return Changed(given, (Joined(other, before=talk.coach),))


def _ticked(talk: Talk, now: datetime, desk: Desk, terms: Terms) -> Changed:
    match talk.owner:
        case "queue":
            return _waited(talk, now, desk, terms)
        case "coach" if talk.waits_since:
            return _unanswered(talk, talk.waits_since, now, desk, terms)
        case "coach":
            return _idle(talk, now, terms)
        case _:
            return Changed(talk)


def _waited(talk: Talk, now: datetime, desk: Desk, terms: Terms) -> Changed:
    """In the queue: her place when it is better, an offer when it takes long, and an end to it."""
    waited = now - (talk.since or now)
    if waited >= terms.give_up_after or not desk.is_staffed:
        return _kept_for_later(talk, now, desk)
    offers = (waited >= terms.offer_after) + (waited >= terms.offer_again)
    if offers > talk.told:
        told = replace(talk, told=offers, told_at=now, told_place=desk.place)
        return Changed(told, (StillWaiting(),))
    if now - (talk.told_at or now) < terms.place_every:
        return Changed(talk)
    better = desk.place < talk.told_place
    told = replace(talk, told_at=now, told_place=min(desk.place, talk.told_place))
    news = InQueue(desk.place, desk.minutes, is_first=False)
    return Changed(told, (news,) if better else ())


def _unanswered(talk: Talk, since: datetime, now: datetime, desk: Desk, terms: Terms) -> Changed:
    """With a coach who does not answer: she is nudged, then somebody else has it."""
    waited = now - since
    absent = desk.coach_seen is None or now - desk.coach_seen >= terms.absent_after
    if waited >= terms.requeue_after or (absent and waited >= terms.absent_after):
        return _put_back(talk, now, desk)
    if not talk.told and waited >= terms.nudge_after:
        return Changed(replace(talk, told=1))
    return Changed(talk)


def _idle(talk: Talk, now: datetime, terms: Terms) -> Changed:
    quiet = now - (talk.quiet_since or now)
    if quiet >= terms.end_after:
        return _back(talk, "idle" if talk.is_live else "quiet", now)
    if talk.is_live and not talk.told and quiet >= terms.warn_after:
        return Changed(replace(talk, told=1), (AreYouThere(talk.coach or ""),))
    return Changed(talk)


def _put_back(talk: Talk, now: datetime, desk: Desk) -> Changed:
    """Before all others, as she asked before them; or kept for later when nobody is there."""
    if not desk.is_staffed:
        return _kept_for_later(talk, now, desk)
    return _queued(talk, now, desk, CoachLeft(talk.coach or "", desk.place))


def _queued(talk: Talk, now: datetime, desk: Desk, notice: Notice) -> Changed:
    asked = talk.asked_at or now
    queued = _given(
        talk, "queue", now, asked_at=asked, told_at=now, told_place=desk.place, is_live=True
    )
    return Changed(queued, (notice,))


def _kept_for_later(talk: Talk, now: datetime, desk: Desk) -> Changed:
    return Changed(_given(talk, "left", now, asked_at=talk.asked_at), (Later(desk.opens),))


def _back(talk: Talk, why: Ending, now: datetime) -> Changed:
    """With the assistant; after an answer that came by itself, without a word."""
    ended = _given(talk, "assistant", now)
    return Changed(ended, () if why == "quiet" else (WithAssistant(why, talk.coach),))


def _given(talk: Talk, owner: Owner, now: datetime, **values: object) -> Talk:
    """A new owner: everything that belonged to the old one is gone."""
    fresh = Talk(
        owner,
        talk.epoch + 1,
        since=now,
        is_urgent=talk.is_urgent and owner != "assistant",
        blocked_until=talk.blocked_until,
    )
    return replace(fresh, **values)  # type: ignore[arg-type]


def _has(talk: Talk, coach: str) -> bool:
    """Whether this coach has it. Raises TakenByOther."""
    if talk.owner == "coach" and talk.coach != coach:
        raise TakenByOther(talk.coach or "")
    return talk.owner == "coach"
