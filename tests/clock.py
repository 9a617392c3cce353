"""A clock that stands still, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MONDAY_MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 08:00 in Stockholm


class FrozenClock:
    """A clock that moves only when told to."""

    def __init__(self, at: datetime = MONDAY_MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        """Where it stands."""
        return self.at

    def forward(self, **by: float) -> None:
        """Move it, by ``days``, ``hours``, ``minutes`` or ``seconds``."""
        self.at += timedelta(**by)

    def set_offset(self, milliseconds: int) -> bool:
        """The demonstration's way of moving; not used here."""
        return False
