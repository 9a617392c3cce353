"""Who is writing in a conversation and who is reading it, at this moment: heard, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["typing", "reading"]

PERSON = "person"  # the newcomer; anybody else is an id of staff
LASTS_S: Mapping[Kind, float] = {"typing": 6.0, "reading": 45.0}
OFTEN_S: Mapping[Kind, float] = {"typing": 2.0, "reading": 20.0}  # no sooner said again
REMEMBERED = 5_000  # conversations
STOPPED = "stopped"


@dataclass(frozen=True)
class Signal:
    """``who`` does something in a conversation: the newcomer (``PERSON``) or a member of staff."""

    kind: Kind
    who: str
    conversation: str

    @property
    def payload(self) -> str:
        """As other processes hear it."""
        return f"{self.kind}:{self.who}:{self.conversation}"

    @property
    def stopped(self) -> str:
        """The same for its end."""
        return f"{STOPPED}:{self.payload}"


@dataclass
class Signals:
    """What was heard lately. Times are seconds of any clock that never goes back."""

    _until: dict[str, dict[Signal, float]] = field(default_factory=dict)

    def note(self, signal: Signal, now: float) -> bool:
        """Somebody does it; whether that is worth telling others."""
        known = self._current(signal.conversation, now)
        lasts, until = LASTS_S[signal.kind], known.get(signal, now)
        if until - now > lasts - OFTEN_S[signal.kind]:
            return False
        if len(self._until) >= REMEMBERED and signal.conversation not in self._until:
            self._forget_old(now)
        self._until.setdefault(signal.conversation, {})[signal] = now + lasts
        return True

    def drop(self, signal: Signal) -> bool:
        """Somebody has stopped; whether that is news."""
        return self._until.get(signal.conversation, {}).pop(signal, None) is not None

    def those(self, kind: Kind, conversation: str, now: float) -> Mapping[str, float]:
        """Who does it just now, and until when that counts."""
        known = self._current(conversation, now)
        return {signal.who: until for signal, until in known.items() if signal.kind == kind}

    def _current(self, conversation: str, now: float) -> dict[Signal, float]:
        known = self._until.get(conversation, {})
        for signal in [signal for signal, until in known.items() if until <= now]:
            del known[signal]
        if not known:
            self._until.pop(conversation, None)
        return known

    def _forget_old(self, now: float) -> None:
        for conversation in list(self._until):
            self._current(conversation, now)


def read(payload: str) -> tuple[Signal, bool] | None:
    """What another process has said, and whether it has begun; None when it is no signal."""
    ended = payload.startswith(f"{STOPPED}:")
    match payload.removeprefix(f"{STOPPED}:").split(":"):
        case ["typing" | "reading" as kind, str(who), str(conversation)]:
            return Signal(kind, who, conversation), not ended
        case _:
            return None
