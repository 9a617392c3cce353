"""Her papers: up to four cards, kept sealed, with the reminders of their dates.

A card never holds a plan. The person writes it in the chat, or a coach does on her page; the
reminders are planned in the transaction that changes it, and void with every later change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.hygiene import clean, mask
from backend.models import Card as CardRow
from backend.models.base import new_id
from backend.services import card_dates
from backend.services.walltime import local_day
from backend.vault import Vault, WrongKey
from backend.work import Work
from dialogs.papers import (
    CARD_NAMES,
    LONGEST,
    Author,
    Card,
    CardChanged,
    CardKind,
    Folder,
    Part,
    Pause,
    Paused,
    TooLong,
)

NO_CARD = -1  # the version of a card that was not there when it was shown
Values = Mapping[Part, str | date | bool | None]


@dataclass(frozen=True)
class PersonPapers:
    """One person's cards within one unit of work; ``author`` is who changes them."""

    person: str
    work: Work
    vault: Vault
    author: Author = "person"

    async def folder(self) -> Folder:
        """All of them, in their fixed order, and whether she is away."""
        rows = await self._rows(await self.work.reading())
        cards = tuple(self._seen(rows[kind]) for kind in CARD_NAMES if kind in rows)
        return Folder(cards, paused_of(list(rows.values())))

    async def write(self, kind: CardKind, part: Part, value: str | date | bool) -> None:
        """Set one part of a card, which is made when there is none. Raises TooLong."""
        await self.fill(kind, {part: value})

    async def fill(self, kind: CardKind, values: Values, version: int | None = None) -> None:
        """Set several parts. Raises TooLong, and CardChanged when ``version`` is not the last."""
        columns = self._columns(values)
        session = await self.work.writing()
        rows = await self._rows(session)
        if kind not in rows:
            if version not in {None, NO_CARD}:
                raise CardChanged(kind)
            await self._add(session, kind, columns, paused_of(list(rows.values())))
            return
        row = rows[kind]
        changed = update(CardRow).where(CardRow.id == row.id)
        if version is not None:
            changed = changed.where(CardRow.version == version)
        after = await session.scalar(
            changed.values(
                **columns,
                changed_by=self.author,
                changed_at=self.work.clock.now(),
                version=CardRow.version + 1,
            ).returning(CardRow),
            execution_options={"populate_existing": True},
        )
        if after is None:
            raise CardChanged(kind)
        self._replan(after, "changed")

    async def remove(self, kind: CardKind) -> None:
        """Throw a card away, and its reminders; the last one takes the pause along."""
        session = await self.work.writing()
        gone = await session.scalar(
            delete(CardRow)
            .where(CardRow.person_id == self.person, CardRow.kind == kind)
            .returning(CardRow.id)
        )
        if gone is None:
            return
        self.work.note("card", gone, "removed", kind=kind)
        self.work.void_all(f"card:{gone}:")
        if not await self._rows(session):
            self.work.void(card_dates.about_pause(self.person))

    async def pause(self, why: Pause, until: date | None) -> None:
        """Silence the reminders of all cards, and ask later whether to start again."""
        rows = await self._set_all(paused=why, paused_until=until)
        if not rows:
            return
        now = self.work.clock.now()
        self.work.void(card_dates.about_pause(self.person))
        for row in rows:
            self._replan(row, "paused")
        for planned in card_dates.questions(self.person, until, now, new_id()):
            self.work.plan(planned)

    async def start_again(self) -> None:
        """Remind again of what is still to come."""
        for row in await self._set_all(paused=None, paused_until=None):
            self._replan(row, "restarted")
        self.work.void(card_dates.about_pause(self.person))

    async def _set_all(self, **values: object) -> Sequence[CardRow]:
        session = await self.work.writing()
        rows = await session.scalars(
            update(CardRow)
            .where(CardRow.person_id == self.person)
            .values(**values, version=CardRow.version + 1)
            .returning(CardRow),
            execution_options={"populate_existing": True},
        )
        return sorted(rows.all(), key=lambda row: row.id)

    async def _add(
        self,
        session: AsyncSession,
        kind: CardKind,
        columns: Mapping[str, Any],
        paused: Paused | None,
    ) -> None:
        """A new card; whoever is away is away from it too."""
        row = await session.scalar(
            insert(CardRow)
            .values(
                id=new_id(),
                person_id=self.person,
                kind=kind,
                changed_by=self.author,
                changed_at=self.work.clock.now(),
                paused=paused and paused.why,
                paused_until=paused and paused.until,
                **columns,
            )
            .returning(CardRow)
        )
        self._replan(cast("CardRow", row), "added")

    def _replan(self, row: CardRow, action: str) -> None:
        """What was planned for the card as it was is void; it is planned as it is."""
        self.work.note("card", row.id, action, kind=row.kind, version=row.version)
        self.work.void_all(f"card:{row.id}:")
        for planned in card_dates.reminders(row, self.work.clock.now()):
            self.work.plan(planned)

    async def _rows(self, session: AsyncSession) -> dict[CardKind, CardRow]:
        rows = await session.scalars(select(CardRow).where(CardRow.person_id == self.person))
        return {cast("CardKind", row.kind): row for row in rows}

    def _columns(self, values: Values) -> dict[str, Any]:
        """Columns of the parts: words cleaned, masked, measured and sealed. Raises TooLong."""
        return {part: self._column(part, value) for part, value in values.items()}

    def _column(self, part: Part, value: str | date | bool | None) -> object:
        if part not in LONGEST:
            return value
        words = " ".join(mask(clean(str(value or "")))[0].split())
        if len(words) > LONGEST[part]:
            raise TooLong(LONGEST[part])
        return self.vault.seal(words) if words else None

    def _seen(self, row: CardRow) -> Card:
        return Card(
            cast("CardKind", row.kind),
            self._open(row.contact),
            self._open(row.line),
            row.next_on,
            row.began,
            row.reminds,
            cast("Author", row.changed_by),
            row.changed_at,
            row.version,
            card_dates.coming(row, local_day(self.work.clock.now())),
        )

    def _open(self, sealed: bytes | None) -> str:
        """What is sealed, or nothing when our key does not open it."""
        try:
            return self.vault.open(sealed) if sealed else ""
        except WrongKey:
            return ""


def paused_of(rows: Sequence[CardRow]) -> Paused | None:
    """Whether a person is away: all her cards know it, or none."""
    found = next((row for row in rows if row.paused), None)
    return Paused(cast("Pause", found.paused), found.paused_until) if found else None
