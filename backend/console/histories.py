"""What has happened to bookings, from the journal: what, when, and who did it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.vocabulary import in_words
from backend.models import Journal
from dialogs.text import Text, _

STAFF = "staff:"


@dataclass(frozen=True)
class Change:
    """One change. ``version`` is the booking's after it, when the change was one of state."""

    at: datetime
    what: Text
    by: Text | str
    version: int | None


async def of_bookings(
    session: AsyncSession, bookings: Collection[str], names: Mapping[str, str]
) -> Mapping[str, tuple[Change, ...]]:
    """The history of each of some bookings, the first change first."""
    rows = await session.scalars(
        select(Journal)
        .where(Journal.entity == "booking", Journal.entity_id.in_(bookings))
        .order_by(Journal.id)
    )
    found: dict[str, list[Change]] = {}
    last: dict[str, str] = {}
    for row in rows:
        what = in_words(last.get(row.entity_id), row.action, row.data)
        change = Change(row.at, what, _by(row.actor, names), row.data.get("version"))
        found.setdefault(row.entity_id, []).append(change)
        if row.action != "seen":
            last[row.entity_id] = row.action
    return {booking: tuple(changes) for booking, changes in found.items()}


def _by(actor: str, names: Mapping[str, str]) -> Text | str:
    """Staff by name; a name that is known no more stays "a person"."""
    if actor.startswith(STAFF):
        return names.get(actor.removeprefix(STAFF)) or _("A person")
    return _("The person") if actor == "person" else _("Automatic")
