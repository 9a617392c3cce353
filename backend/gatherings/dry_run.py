"""A file looked at before anything of it goes in: what is good, what is there, what is wrong."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.gatherings.found import Fault, Found, Known, Otherwise, Reading
from backend.gatherings.reading_csv import read_csv
from backend.gatherings.reading_ics import is_calendar, read_ics
from backend.models import Series, Staff
from backend.services.catalogue import Catalogue
from backend.vault import Vault
from dialogs.ports import Clock
from dialogs.text import _

AT_ONCE = 2_000  # values in one question to the database
PURPOSE = "activities file"


@dataclass(frozen=True)
class DryRun:
    """What would come of a file. ``good`` could go in; ``there`` are in since before.

    ``wrong`` activities have ``faults``, in the order of the file. ``unread`` are columns that
    say nothing to us.
    """

    good: Sequence[Found]
    there: int
    wrong: int
    faults: Sequence[Fault]
    unread: Sequence[str]


async def known_now(
    session: AsyncSession,
    catalogue: Catalogue,
    clock: Clock,
    languages: Sequence[str],
    otherwise: Otherwise,
) -> Known:
    """What a file is read against at this moment."""
    staff = await session.execute(select(Staff.username, Staff.id).where(Staff.is_active))
    leaders = {username.casefold(): row for username, row in staff}
    return Known(catalogue, leaders, languages, clock.now(), otherwise)


async def look(session: AsyncSession, text: str, known: Known) -> DryRun:
    """Read a file, in a thread since it takes a while. Raises NoActivities."""
    reading = _without_twins(await asyncio.to_thread(_read, text, known))
    there = await known_uids(session, reading.found)
    good = [found for found in reading.found if found.new.uid not in there]
    return DryRun(good, len(there), reading.wrong, reading.faults, reading.unread)


async def known_uids(session: AsyncSession, found: Sequence[Found]) -> set[str]:
    """Which of some activities are in already, also when they were refused or have ended."""
    uids = [each.new.uid for each in found]
    known: set[str] = set()
    for at in range(0, len(uids), AT_ONCE):
        some = select(Series.uid).where(Series.uid.in_(uids[at : at + AT_ONCE]))
        known |= {uid for uid in await session.scalars(some) if uid}
    return known


def stamp(vault: Vault, text: str, otherwise: Otherwise) -> str:
    """What only we can say of a file that was looked at: that it is this one, read like this."""
    said = (otherwise.service, otherwise.unit, str(otherwise.seats), text)
    key = vault.derive(PURPOSE)
    return hmac.new(key, "\x00".join(said).encode("utf-8", "replace"), "sha256").hexdigest()


def _read(text: str, known: Known) -> Reading:
    return read_ics(text, known) if is_calendar(text) else read_csv(text, known)


def _without_twins(reading: Reading) -> Reading:
    """The same activity twice in one file goes in once, and the second time is a fault."""
    first: dict[str | None, int] = {}
    found, faults = [], list(reading.faults)
    for each in reading.found:
        if each.new.uid in first:
            words = _("The same activity is on line {line:number}.", line=first[each.new.uid])
            faults.append(Fault(each.line, "", words))
        else:
            first[each.new.uid] = each.line
            found.append(each)
    twins = len(reading.found) - len(found)
    faults.sort(key=lambda fault: fault.line)
    return replace(reading, found=found, faults=faults, wrong=reading.wrong + twins)
