"""Practical needs of a person, picked from a list: what to prepare before she comes.

There are no words of anybody's own here, on purpose. She sees and changes the same list herself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Person
from backend.work import Work
from dialogs.text import Text, _

NEEDS: Mapping[str, Text] = MappingProxyType(
    {
        "child": _("A child comes along"),
        "step_free": _("A lift, no stairs"),
        "quiet": _("A quiet room"),
        "large_print": _("Large print"),
        "hearing": _("Hearing loop or sign language"),
        "same_sex": _("A coach of the same sex"),
        "summary": _("A written summary"),
        "time": _("More time"),
    }
)


class NoSuchPerson(LookupError):
    """There is no such person; she may have been deleted."""


class UnknownNeed(ValueError):
    """A need that is not on the list."""


async def of(session: AsyncSession, person: str) -> tuple[str, ...]:
    """Names of what she needs, in the order of the list. Raises NoSuchPerson."""
    picked = await session.scalar(select(Person.needs).where(Person.id == person))
    if picked is None:
        raise NoSuchPerson(person)
    return in_order(picked)


async def set(work: Work, person: str, names: Collection[str]) -> None:  # noqa: A001 - needs.set
    """Exactly these are needed from now on. Raises UnknownNeed, NoSuchPerson."""
    unknown = [name for name in names if name not in NEEDS]
    if unknown:
        raise UnknownNeed(*unknown)
    wanted = in_order(names)
    if await of(await work.reading(), person) == wanted:
        return
    session = await work.writing()
    changed = await session.scalar(
        update(Person).where(Person.id == person).values(needs=list(wanted)).returning(Person.id)
    )
    if changed is None:
        raise NoSuchPerson(person)
    work.note("person", person, "needs", picked=len(wanted))


def in_order(names: Collection[str]) -> tuple[str, ...]:
    """Known names in the order of the list; one that was on it once is left out."""
    return tuple(name for name in NEEDS if name in names)
