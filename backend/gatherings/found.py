"""What is found in a file of activities: those that can go in, and what is wrong with the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.services.catalogue import Catalogue
from backend.services.series import NewSeries
from dialogs.text import Text


class NoActivities(ValueError):
    """Nothing can be read from the file; ``says`` is for the one who has brought it."""

    def __init__(self, says: Text) -> None:
        super().__init__(says.msgid)
        self.says = says


@dataclass(frozen=True)
class Otherwise:
    """What counts where the file says nothing; empty: then it must say."""

    service: str = ""
    unit: str = ""
    seats: int | None = None


@dataclass(frozen=True)
class Known:
    """What a file is read against. ``leaders`` are ids of staff by user name.

    ``languages`` are those that words may be in.
    """

    catalogue: Catalogue
    leaders: Mapping[str, str]
    languages: Sequence[str]
    now: datetime
    otherwise: Otherwise = Otherwise()


@dataclass(frozen=True)
class Fault:
    """``line`` is counted from 1; ``column`` is as the file calls it, empty for the whole line."""

    line: int
    column: str
    words: Text


@dataclass(frozen=True)
class Differing:
    """One occasion that is not as the rule says: at another time or place, or not at all.

    ``start`` is when the rule has it. Times are naive wall time.
    """

    start: datetime
    moved: datetime | None = None
    minutes: int | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Found:
    """One activity that can go in. Its ``uid`` is set."""

    line: int
    new: NewSeries
    differing: Sequence[Differing] = ()


@dataclass(frozen=True)
class Reading:
    """A file that was read: ``wrong`` of its activities have ``faults``, each at least one.

    ``unread`` are columns whose names say nothing to us.
    """

    found: Sequence[Found]
    faults: Sequence[Fault]
    wrong: int
    unread: Sequence[str] = ()
