"""What associations suggest: kept until a coordinator has said yes or no."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.gatherings import checks
from backend.gatherings.contact import Contact
from backend.gatherings.found import Known
from backend.models import Series
from backend.services import series
from backend.services.catalogue import Catalogue
from backend.services.making import first_of
from backend.services.series import NewSeries
from backend.services.walltime import local_day
from backend.vault import Vault
from backend.work import Work
from dialogs.text import Text

MOST_WAITING = 200


class TooManyWaiting(Exception):
    """More suggestions wait for an answer than anybody will read."""


class CannotTakePlace(ValueError):
    """It could not take place like this; ``says`` why, for the one who would accept it."""

    def __init__(self, says: Text) -> None:
        super().__init__(says.msgid)
        self.says = says


@dataclass(frozen=True)
class Suggestion:
    """One that waits. ``mail`` is where to answer, ``elsewhere`` a place that is not ours."""

    id: str
    new: NewSeries
    contact: Contact | None


@dataclass(frozen=True)
class Accepted:
    """What a coordinator has made of it."""

    unit: str
    seats: int
    name: Mapping[str, str]
    about: Mapping[str, str]
    coach: str | None = None


async def suggest(
    work: Work, catalogue: Catalogue, vault: Vault, new: NewSeries, contact: Contact
) -> None:
    """Keep a suggestion; the same one twice on a day is kept once.

    Raises TooManyWaiting, and what ``series.add`` raises.
    """
    session = await work.writing()
    uid = _uid(work, new)
    if await session.scalar(select(Series.id).where(Series.uid == uid)) is not None:
        return
    waiting = select(func.count()).select_from(Series).where(Series.state == "suggested")
    if (await session.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooManyWaiting
    kept = replace(new, source="association", uid=uid)
    await series.add(work, catalogue, kept, state="suggested", contact=contact.seal(vault))


async def waiting(session: AsyncSession, vault: Vault) -> Sequence[Suggestion]:
    """Everything that waits for an answer, the oldest first."""
    rows = await session.scalars(
        select(Series).where(Series.state == "suggested").order_by(Series.created_at, Series.id)
    )
    return [_suggestion(row, vault) for row in rows]


async def find(session: AsyncSession, vault: Vault, suggestion: str) -> Suggestion:
    """One that waits. Raises NoSuchSeries when it has been decided."""
    row = await session.get(Series, suggestion)
    if row is None or row.state != "suggested":
        raise series.NoSuchSeries(suggestion)
    return _suggestion(row, vault)


async def accept(
    work: Work, catalogue: Catalogue, vault: Vault, suggestion: str, accepted: Accepted
) -> Suggestion:
    """Open it with what the coordinator has changed; as it was then, with whom to answer.

    Raises NoSuchSeries, CannotTakePlace, and what ``series.revise`` raises.
    """
    await work.writing()
    found = await find(await work.reading(), vault, suggestion)
    new = replace(
        found.new,
        unit=accepted.unit,
        capacity=accepted.seats,
        name=accepted.name,
        about=accepted.about,
        coach=accepted.coach,
    )
    for _about, says in checks.faults(new, Known(catalogue, {}, (), work.clock.now())):
        raise CannotTakePlace(says)
    if new != found.new:
        await series.revise(work, catalogue, suggestion, new)
    await series.open_(work, catalogue, suggestion)
    return replace(found, new=new)


async def refuse(work: Work, vault: Vault, suggestion: str) -> Suggestion:
    """Say no; as it was, with whom to answer. Raises NoSuchSeries."""
    await work.writing()
    found = await find(await work.reading(), vault, suggestion)
    await series.refuse(work, suggestion)
    return found


def _uid(work: Work, new: NewSeries) -> str:
    today = local_day(work.clock.now())
    said = f"{checks.uid_of(new)}\x00{new.organiser}\x00{today}"
    return "association:" + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def _suggestion(row: Series, vault: Vault) -> Suggestion:
    new = NewSeries(
        row.service_id,
        row.unit_id,
        first_of(row),
        row.minutes,
        row.capacity,
        row.rule,
        row.staff_id,
        row.name,
        row.about,
        row.organiser,
        "on_site",
        row.skips_closures,
        row.enrols,
        "association",
        row.uid,
    )
    return Suggestion(row.id, new, Contact.open(vault, row.contact))
