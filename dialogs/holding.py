"""What is kept about a person, as she is shown it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Holding:
    """What we keep about a person: counts and dates, never more than is shown.

    ``is_translated``: a machine may translate what she writes to the coaches.
    """

    since: datetime
    messages: int
    meetings: int
    reminders: int
    contacts: int
    kept_days: int
    papers: int = 0
    dates: int = 0
    files: int = 0
    file_days: int = 30
    is_translated: bool = False
