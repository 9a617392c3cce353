"""A screen at the door: the code to check in with, as digits and as a picture, and who is in.

The code is another one every ten minutes, so it is worth nothing at home. Newcomers read this
page: it says what to do in their languages, and leads nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Response
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.context import Console, ConsoleOf
from backend.console.gatherings.listing import name_of
from backend.console.gatherings.occasion import find
from backend.console.guard import Who
from backend.console.pages import Fragment
from backend.console.sessions import SignedIn
from backend.models import Booking
from backend.pages.routes import qr_code
from backend.services import attending
from dialogs.i18n import Language
from dialogs.messages import Label
from dialogs.text import _

OPENS = timedelta(minutes=30)  # before the start
HALF = 3  # digits read in threes
HOW = _("You are here? Write this number in the chat, or point your phone at the picture.")


@dataclass(frozen=True)
class Door:
    """What the screen shows. ``code`` is None before it opens and when it is over."""

    meeting: str
    name: Label
    place: str
    starts: datetime
    ends: datetime
    opens: datetime
    code: str | None
    picture: Markup | None
    how: tuple[tuple[Language, str], ...]
    came: int
    seated: int
    is_over: bool

    @property
    def halves(self) -> tuple[str, str]:
        """The code as it is read: three digits, and three."""
        return (self.code or "")[:HALF], (self.code or "")[HALF:]


async def show(console: ConsoleOf, who: Who, meeting: str) -> Response:
    """The screen. Raises Problem 404."""
    rows = await fragment(console, who, meeting)
    return console.pages.show(who, "door.html", meeting=meeting, rows=rows, here="activities")


async def fragment(console: Console, who: SignedIn, meeting: str) -> Fragment:
    """What changes on it. Raises Problem 404."""
    async with console.runtime.database.reading() as session:
        door = await _look(console, session, meeting)
    return console.pages.fragment(who, "_door.html", door=door)


async def is_open(console: Console, meeting: str) -> bool:
    """Whether people are coming in now. Raises Problem 404."""
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
        row, _series = await find(session, catalogue, meeting)
    now = console.runtime.clock.now()
    return row.state == "planned" and row.starts_at - OPENS <= now < row.ends_at


async def _look(console: Console, session: AsyncSession, meeting: str) -> Door:
    runtime = console.runtime
    catalogue = await runtime.cache.get(session)
    row, series = await find(session, catalogue, meeting)
    now, opens = runtime.clock.now(), row.starts_at - OPENS
    is_in_time = row.state == "planned" and opens <= now < row.ends_at
    code = attending.door_code(runtime.vault, meeting, now) if is_in_time else None
    came, seated = await _count(session, meeting)
    return Door(
        meeting,
        name_of(catalogue, row.service_id, series),
        catalogue.units[row.unit_id].name,
        row.starts_at,
        row.ends_at,
        opens,
        code,
        qr_code(f"{runtime.settings.url}/?in={code}") if code else None,
        _how(console),
        came,
        seated,
        now >= row.ends_at or row.state != "planned",
    )


async def _count(session: AsyncSession, meeting: str) -> tuple[int, int]:
    """How many are in, and how many have a seat."""
    rows = await session.execute(
        select(Booking.state, func.count())
        .where(Booking.meeting_id == meeting, Booking.state.in_(("confirmed", "attended")))
        .group_by(Booking.state)
    )
    numbers: dict[str, int] = dict(rows.all())
    return numbers.get("attended", 0), sum(numbers.values())


def _how(console: Console) -> tuple[tuple[Language, str], ...]:
    """What to do, once in each language that says it in words of its own."""
    runtime = console.runtime
    said: dict[str, tuple[Language, str]] = {}
    for language in runtime.texts.languages.published:
        words = runtime.renderer.plain(HOW, language.code)
        said.setdefault("".join(filter(str.isprintable, words)), (language, words))
    return tuple(said.values())
