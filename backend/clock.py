"""The only place that asks the computer what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
OFFSET_SETTING = "clock_offset_ms"


class SystemClock:
    """The present, plus an offset that only a demonstration ever sets."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def set_offset(self, milliseconds: int) -> bool:
        """Move a demonstration's clock; whether it changed."""
        before, self._offset = self._offset, timedelta(milliseconds=milliseconds)
        return self._offset != before
