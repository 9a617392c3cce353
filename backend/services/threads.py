"""Conversations as staff see them: which wait for a person, one from its beginning, an answer.

An answer is a message row like any other. It is written in the lawful order: what waited is
closed, then the journal, then the conversation's number, then the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import conversations, transcript
from backend.media.forms import Clean
from backend.models import Address, Contact, Conversation, Handoff, Message
from backend.talks import duty
from backend.talks.switchboard import Line, NoSuchThread, Switchboard
from backend.translation.outgoing import Translation
from backend.work import Work, message_row
from dialogs import places
from dialogs.messages import Reply
from dialogs.ports import Meeting, Wish
from dialogs.reaching import LETTERBOXES
from dialogs.talks import Blocked, Claimed, CoachWrote, HandedBack, PassedOn, Unblocked


class AnsweredMeanwhile(Exception):
    """Someone else has answered since the page was opened; ``by`` is her id."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class SentBefore(Exception):
    """This very answer has been sent already: the form came twice."""


@dataclass(frozen=True)
class Left:
    """Something that waits for a person, and what she has written since she left it."""

    handoff: Handoff
    language: str
    written: tuple[Message, ...]
    number: bytes | None  # of a wish to be called, sealed


@dataclass(frozen=True)
class Thread:
    """One conversation and what belongs to it."""

    conversation: Conversation
    address: Address
    messages: Sequence[Message]
    waiting: Sequence[Handoff]
    planned: Sequence[Message]

    @property
    def up_to(self) -> int:
        """The number of its last change."""
        return self.conversation.counter

    @property
    def is_reachable(self) -> bool:
        """Whether what is sent can arrive, as far as we know."""
        gone = self.address.unreachable_at
        return gone is None or gone < self.conversation.seen_at


async def left(session: AsyncSession) -> list[Left]:
    """Every message left and every wish to be called, the oldest first."""
    waiting = await session.execute(
        select(Handoff, Conversation.language, Contact.sealed)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(Contact, Contact.id == Handoff.contact_id)
        .where(Handoff.state == "open", Handoff.kind != "talk")
        .order_by(Handoff.opened_at, Handoff.id)
    )
    written: dict[str, list[Message]] = {}
    for handoff, message in await session.execute(_written_since()):
        written.setdefault(handoff, []).append(message)
    return [
        Left(handoff, language, tuple(written.get(handoff.id, ())), number)
        for handoff, language, number in waiting
    ]


async def answered_since(session: AsyncSession, since: datetime) -> list[tuple[Handoff, str]]:
    """What was closed lately, with the person's language, the last first."""
    rows = await session.execute(
        select(Handoff, Conversation.language)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.state == "answered", Handoff.closed_at >= since)
        .order_by(Handoff.closed_at.desc())
        .limit(20)
    )
    return [(handoff, language) for handoff, language in rows]


async def undelivered(session: AsyncSession, threads: Sequence[str]) -> frozenset[str]:
    """Those of some conversations in which the last thing a coach wrote could not be sent."""
    rows = await session.execute(
        select(Message.conversation_id, Message.state)
        .where(Message.conversation_id.in_(threads), Message.author == "coach")
        .order_by(Message.seq)
    )
    last = {thread: state for thread, state in rows if thread}
    return frozenset(thread for thread, state in last.items() if state == "failed")


async def find(session: AsyncSession, thread: str) -> Thread:
    """A conversation with its last messages. Raises NoSuchThread."""
    row = (
        await session.execute(
            select(Conversation, Address)
            .join(Address, Address.id == Conversation.address_id)
            .where(Conversation.id == thread, Address.channel.not_in(LETTERBOXES))
        )
    ).first()
    if row is None:
        raise NoSuchThread(thread)
    conversation, address = row
    waiting = await session.scalars(
        select(Handoff)
        .where(
            Handoff.person_id == conversation.person_id,
            Handoff.state == "open",
            Handoff.kind != "talk",
        )
        .order_by(Handoff.opened_at)
    )
    planned = await session.scalars(
        select(Message)
        .where(Message.person_id == conversation.person_id, Message.state == "planned")
        .order_by(Message.due_at)
        .limit(transcript.MOST)
    )
    messages = await transcript.latest_messages(session, thread)
    return Thread(conversation, address, messages, waiting.all(), planned.all())


async def was_sent(session: AsyncSession, thread: str, key: str) -> bool:
    """Whether the form with this key has become an answer."""
    found = await session.scalar(select(Message.id).where(Message.dedupe == _dedupe(thread, key)))
    return found is not None


async def of_people(session: AsyncSession, people: Sequence[str]) -> Mapping[str, Conversation]:
    """The conversation each of some people used last."""
    rows = await session.scalars(
        select(Conversation)
        .where(Conversation.person_id.in_(people))
        .order_by(Conversation.seen_at, Conversation.id)
    )
    return {conversation.person_id: conversation for conversation in rows}


async def note_read(work: Work, thread: str, up_to: int) -> None:
    """Journal that someone has read a conversation, and how far staff have come in it."""
    session = await work.writing()
    work.note("conversation", thread, "read", up_to=up_to)
    await work.write_journal()
    await session.execute(
        update(Conversation)
        .where(Conversation.id == thread, Conversation.read_up_to < up_to)
        .values(read_up_to=up_to)
    )


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
        now = self.work.clock.now()
        wrote = CoachWrote(self.staff, await duty.is_on_duty(session, self.staff, now))
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
        known = (await of_people(session, [person])).get(person)
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


def as_said(reply: Reply, *, in_a_talk: bool) -> Reply:
    """In a talk she just writes; a way to write back is for letters."""
    if not in_a_talk:
        return reply
    kept = tuple(button for button in reply.buttons if button.link != places.write_back())
    return replace(reply, buttons=kept)


async def _person_of(session: AsyncSession, thread: str) -> tuple[str, str]:
    """Whose conversation it is, and who owns it. Raises NoSuchThread."""
    hers = select(Conversation.person_id, Conversation.owner).where(Conversation.id == thread)
    found = (await session.execute(hers)).first()
    if found is None:
        raise NoSuchThread(thread)
    return found.person_id, found.owner


def _dedupe(thread: str, key: str) -> str:
    return f"answer:{thread}:{key}"


def _written_since() -> Select[str, Message]:
    """What was written in a conversation after something was left there."""
    return (
        select(Handoff.id, Message)
        .join(
            Message,
            and_(
                Message.conversation_id == Handoff.conversation_id,
                Message.direction == "in",
                Message.created_at >= Handoff.opened_at,
            ),
        )
        .where(Handoff.state == "open", Handoff.kind == "message")
        .order_by(Message.seq)
    )
