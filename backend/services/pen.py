"""What staff write and do in a conversation, in the lawful order.

What waited is closed, then the journal, then the conversation's number, then the message: an
answer is a message row like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import conversations
from backend.media.forms import Clean
from backend.models import Contact, Conversation, Handoff, Message
from backend.services import threads
from backend.talks import duty
from backend.talks.switchboard import Line, NoSuchThread, Switchboard
from backend.translation.outgoing import Translation
from backend.work import Work, message_row
from dialogs import places
from dialogs.messages import Reply
from dialogs.ports import Meeting, Wish
from dialogs.talks import Blocked, Claimed, CoachWrote, HandedBack, PassedOn, Unblocked


class AnsweredMeanwhile(Exception):
    """Someone else has answered since the page was opened; ``by`` is her id."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class SentBefore(Exception):
    """This very answer has been sent already: the form came twice."""


@dataclass(frozen=True)
class Pen:
    """What one member of staff writes within one unit of work."""

    work: Work
    switchboard: Switchboard
    staff: str

    async def answer(
        self,
        thread: str,
        reply: Reply,
        *,
        seen: int,
        key: str,
        beside: Clean | Translation | None = None,
    ) -> None:
        """Write into a conversation; what waited for an answer there is answered.

        ``seen`` is the number up to which the writer has read, ``key`` names the form she sent,
        ``beside`` goes with the words: a recording, or a machine's translation of them.
        Raises NoSuchThread, AnsweredMeanwhile or SentBefore; then roll back.
        """
        session = await self.work.writing()
        person, owner = await _person_of(session, thread)
        if owner == "queue":  # whoever answers somebody who waits is there for what follows
            await duty.switch(session, self.staff, self.work.clock.now(), on=True)
        await self._refuse_doubles(session, thread, seen, key)
        await self._close_messages(session, person)
        self.work.note("conversation", thread, "answered")
        given: dict[str, object] = {
            "author": "coach",
            "staff_id": self.staff,
            "dedupe": _dedupe(thread, key),
        }
        match beside:
            case Clean():
                given |= {"file": beside.content, "media": beside.media}
            case Translation():
                given |= {"translation": beside.stored}
            case None:
                pass
        wrote = CoachWrote(
            self.staff,
            await duty.is_on_duty(session, self.staff, self.work.clock.now()),
            has_read=not await _has_written_since(session, thread, seen),
        )
        said = as_said(reply, in_a_talk=owner in ("queue", "coach"))
        await self.switchboard.move(self.work, thread, wrote, Line(said, given))
        await conversations.listen(session, thread, places.typed_back())

    async def claim(self, thread: str) -> None:
        """Take a conversation. Raises NoSuchThread, TakenByOther."""
        await self.switchboard.move(self.work, thread, Claimed(self.staff))

    async def hand_back(self, thread: str, note: str = "") -> None:
        """The assistant again; ``note`` is for whoever talks with her next.

        Raises NoSuchThread, TakenByOther.
        """
        if note:
            await self._keep_note(thread, note)
        await self.switchboard.move(self.work, thread, HandedBack(self.staff))

    async def pass_on(
        self, thread: str, to: str | None, holder: str | None = None, note: str = ""
    ) -> None:
        """Give it to a colleague, or to whoever is next. ``holder``: who has it, when not she.

        Raises NoSuchThread, TakenByOther.
        """
        if note:
            await self._keep_note(thread, note)
        await self.switchboard.move(self.work, thread, PassedOn(holder or self.staff, to))

    async def block(self, thread: str, *, on: bool) -> None:
        """Nobody here is written to by her for a week; or may be again. Raises NoSuchThread."""
        happened = Blocked(self.staff) if on else Unblocked()
        await self.switchboard.move(self.work, thread, happened)

    async def tell(
        self, person: str, reply: Reply, subject: Meeting | Wish, what: str
    ) -> str | None:
        """Tell a person about her booking, now, where she wrote last; that conversation's id.

        The last of all writes: stages become rows here. None when nothing leads to her.
        """
        session = await self.work.writing()
        known = (await threads.of_people(session, [person])).get(person)
        await self.work.write_journal()
        about = f"booking:{subject.booking}"
        rows = [
            message_row(
                person,
                reply,
                self.work.clock.now(),
                author="coach",
                staff_id=self.staff,
                about=about,
                about_version=subject.version,
                dedupe=f"{about}:{subject.version}:{what}",
                expires_at=subject.starts if isinstance(subject, Meeting) else subject.until,
            )
        ]
        await self.work.write_messages(rows if known else ())
        return known.id if known else None

    async def close(self, handoff: str) -> None:
        """Something that waited is done; a number given for a call is deleted. Twice is once."""
        session = await self.work.writing()
        contact = await session.scalar(
            select(Handoff.contact_id).where(Handoff.id == handoff, Handoff.state == "open")
        )
        closed = await session.scalar(
            update(Handoff)
            .where(Handoff.id == handoff, Handoff.state == "open", Handoff.kind != "talk")
            .values(
                state="answered",
                closed_at=self.work.clock.now(),
                staff_id=self.staff,
                contact_id=None,
            )
            .returning(Handoff.id)
        )
        if contact is not None:
            await session.execute(delete(Contact).where(Contact.id == contact))
        if closed is not None:
            self.work.note("handoff", handoff, "answered")

    async def reopen(self, handoff: str) -> None:
        """Put a message that was marked as answered back into the queue. Twice is once."""
        session = await self.work.writing()
        opened = await session.scalar(
            update(Handoff)
            .where(Handoff.id == handoff, Handoff.state == "answered", Handoff.kind == "message")
            .values(state="open", closed_at=None, staff_id=None)
            .returning(Handoff.id)
        )
        if opened is not None:
            self.work.note("handoff", handoff, "reopened")

    async def _keep_note(self, thread: str, note: str) -> None:
        session = await self.work.writing()
        await session.execute(
            update(Handoff)
            .where(
                Handoff.conversation_id == thread,
                Handoff.kind == "talk",
                Handoff.state == "open",
            )
            .values(note=note)
        )

    async def _close_messages(self, session: AsyncSession, person: str) -> None:
        closed = await session.scalars(
            update(Handoff)
            .where(Handoff.person_id == person, Handoff.kind == "message", Handoff.state == "open")
            .values(state="answered", closed_at=self.work.clock.now(), staff_id=self.staff)
            .returning(Handoff.id)
        )
        for handoff in closed.all():
            self.work.note("handoff", handoff, "answered")

    async def _refuse_doubles(
        self, session: AsyncSession, thread: str, seen: int, key: str
    ) -> None:
        """The same form twice, or an answer of someone else that the writer has not read."""
        found = await session.execute(
            select(Message.dedupe, Message.staff_id)
            .where(
                Message.conversation_id == thread,
                or_(
                    Message.dedupe == _dedupe(thread, key),
                    and_(
                        Message.seq > seen,
                        Message.author == "coach",
                        Message.staff_id != self.staff,
                    ),
                ),
            )
            .order_by(Message.seq.desc())
        )
        later = found.all()
        if any(dedupe == _dedupe(thread, key) for dedupe, _by in later):
            raise SentBefore
        for _key, by in later:
            raise AnsweredMeanwhile(by or "")


async def was_sent(session: AsyncSession, thread: str, key: str) -> bool:
    """Whether the form with this key has become an answer."""
    found = await session.scalar(select(Message.id).where(Message.dedupe == _dedupe(thread, key)))
    return found is not None


def as_said(reply: Reply, *, in_a_talk: bool) -> Reply:
    """In a talk she just writes; a way to write back is for letters."""
    if not in_a_talk:
        return reply
    kept = tuple(button for button in reply.buttons if button.link != places.write_back())
    return replace(reply, buttons=kept)


async def _has_written_since(session: AsyncSession, thread: str, seen: int) -> bool:
    """Whether she wrote something that the writer of an answer had not seen."""
    found = await session.scalar(
        select(Message.id)
        .where(Message.conversation_id == thread, Message.direction == "in", Message.seq > seen)
        .limit(1)
    )
    return found is not None


async def _person_of(session: AsyncSession, thread: str) -> tuple[str, str]:
    """Whose conversation it is, and who owns it. Raises NoSuchThread."""
    hers = select(Conversation.person_id, Conversation.owner).where(Conversation.id == thread)
    found = (await session.execute(hers)).first()
    if found is None:
        raise NoSuchThread(thread)
    return found.person_id, found.owner


def _dedupe(thread: str, key: str) -> str:
    return f"answer:{thread}:{key}"
