"""Messages left and wishes to be called: the hand-off port of one turn."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, select, update

from backend.models import Booking, Contact, Conversation, Handoff, Message
from backend.models.base import new_id
from backend.services.numbers import keep_number
from backend.vault import Vault
from backend.work import Work
from dialogs.ports import CallTime, NoSuchBooking, NotANumber

PURPOSE = "call"
SEPARATORS = re.compile(r"[\s\-().\u2010-\u2015\u200c\u200d]+")
NUMBER = re.compile(r"\+?\d{7,15}")


def telephone_number(text: str) -> str:
    """A telephone number in ASCII digits, with + when it was written. Raises NotANumber."""
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    number = SEPARATORS.sub("", digits)
    if not NUMBER.fullmatch(number):
        raise NotANumber
    return number


@dataclass(frozen=True)
class PersonHandoff:
    """Hands one person's conversation to the coaches within one unit of work."""

    person: str
    conversation: str
    work: Work
    vault: Vault

    async def leave(self, text: str) -> None:
        """Put the conversation into the queue; what she wrote is in the transcript."""
        if await self._open("message"):
            return
        await self._insert("message", None)

    async def take_back(self) -> bool:
        """Delete the file she sent last; False when somebody has seen it."""
        session = await self.work.writing()
        last = (
            select(Message.id)
            .where(
                Message.conversation_id == self.conversation,
                Message.direction == "in",
                Message.file.is_not(None),
            )
            .order_by(Message.seq.desc())
            .limit(1)
            .scalar_subquery()
        )
        unread = select(Conversation.read_up_to).where(Conversation.id == self.conversation)
        deleted = await session.scalar(
            update(Message)
            .where(Message.id == last, Message.seq > unread.scalar_subquery())
            .values(file=None)
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
        return deleted is not None

    async def call_me(self, number: str) -> None:
        """Keep the number encrypted and ask for a call. Raises NotANumber."""
        written = telephone_number(number)
        await self.cancel_call()
        session = await self.work.writing()
        contact = new_id()
        await session.execute(
            insert(Contact).values(
                id=contact,
                person_id=self.person,
                purpose=PURPOSE,
                sealed=self.vault.seal(written),
                created_at=self.work.clock.now(),
            )
        )
        await self._insert("call", contact)

    async def call_when(self, when: CallTime) -> None:
        """Say when a call suits her."""
        session = await self.work.writing()
        await session.execute(update(Handoff).where(*self._mine("call")).values(wish=when))

    async def cancel_call(self) -> None:
        """Take back a wish to be called; the number goes at once."""
        session = await self.work.writing()
        closed = await session.scalars(
            update(Handoff)
            .where(*self._mine("call"))
            .values(state="closed", closed_at=self.work.clock.now(), contact_id=None)
            .returning(Handoff.id)
        )
        for handoff in closed.all():
            self.work.note("handoff", handoff, "closed", by="person")
        await session.execute(
            delete(Contact).where(Contact.person_id == self.person, Contact.purpose == PURPOSE)
        )

    async def call_on(self, booking: str, number: str) -> None:
        """The number to ring for a meeting by phone. Raises NotANumber, NoSuchBooking."""
        session = await self.work.reading()
        hers = (Booking.id == booking, Booking.person_id == self.person)
        if await session.scalar(select(Booking.id).where(*hers)) is None:
            raise NoSuchBooking(booking)
        await keep_number(self.work, self.vault, self.person, booking, telephone_number(number))

    async def _open(self, kind: str) -> bool:
        session = await self.work.reading()
        return await session.scalar(select(Handoff.id).where(*self._mine(kind))) is not None

    async def _insert(self, kind: str, contact: str | None) -> None:
        session = await self.work.writing()
        handoff = new_id()
        await session.execute(
            insert(Handoff).values(
                id=handoff,
                person_id=self.person,
                conversation_id=self.conversation,
                contact_id=contact,
                kind=kind,
                opened_at=self.work.clock.now(),
            )
        )
        self.work.note("handoff", handoff, "opened", kind=kind)

    def _mine(self, kind: str) -> tuple[ColumnElement[bool], ...]:
        return (
            Handoff.conversation_id == self.conversation,
            Handoff.kind == kind,
            Handoff.state == "open",
        )
