"""A conversation given from one to another from outside a turn: by a coach, or by time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from backend import conversations
from backend.channels import Channel
from backend.database import is_deadlock
from backend.models import Address, Conversation
from backend.services.catalogue import CatalogueCache
from backend.talks import reception, rows, tickets
from backend.talks.rows import ChangedMeanwhile
from backend.talks.tickets import TopicOf
from backend.work import Work, message_row
from dialogs import handover, notices, places
from dialogs.messages import Reply
from dialogs.reaching import LETTERBOXES
from dialogs.render import Renderer
from dialogs.talks import Changed, Happened, Terms

RUNS = 5  # tries against others who change the same conversation; more means a fault
Result = TypeVar("Result")
Row = dict[str, Any]


class NoSuchThread(LookupError):
    """There is no such conversation; the person may have been deleted."""


@dataclass(frozen=True)
class Line:
    """A message to put into the conversation with a change; ``given`` are columns that differ."""

    reply: Reply
    given: Mapping[str, object]


@dataclass(frozen=True)
class Switchboard:
    """Makes one change to a conversation's owner, tells her, and saves it in one update."""

    renderer: Renderer
    channels: Mapping[str, Channel]
    cache: CatalogueCache
    terms: Terms
    topic_of: TopicOf

    async def move(
        self, work: Work, thread: str, happened: Happened, *lines: Line
    ) -> tuple[Changed, Sequence[Row]]:
        """What came of it, and the rows of what she was told and of ``lines``, numbered.

        Writes the journal, the conversation and the messages: the last writes of a unit of work.
        Raises NoSuchThread, TakenByOther or ChangedMeanwhile; then roll back.
        """
        session = await work.writing()
        row, channel = await _found(session, thread)
        catalogue, now = await self.cache.get(session), work.clock.now()
        talk = rows.talk_of(row)
        desk = await reception.look(session, catalogue, thread, talk, row.unit_id, now)
        changed = handover.advance(talk, happened, now, desk, self.terms)
        await tickets.follow(work, row.person_id, thread, talk, changed.talk, self.topic_of)
        if changed.talk.epoch != talk.epoch:
            work.note("conversation", thread, changed.talk.owner, epoch=changed.talk.epoch)
        await work.write_journal()
        told = [
            Line(notices.reply_for(notice, catalogue.names), {"author": "system"})
            for notice in changed.notices
        ]
        said = [self._row(work, row, channel, line) for line in (*told, *lines)]
        due = handover.due(changed.talk, now, desk, self.terms)
        before = await rows.save(session, row, changed.talk, due, len(said))
        for seq, each in enumerate(said, start=before + 1):
            each["seq"] = each["changed"] = seq
        if changed.talk.epoch != talk.epoch:
            # What she writes the evening after a letter is her answer to it still.
            was_letter = talk.owner == "coach" and not talk.is_live and not changed.notices
            await conversations.listen(
                session, thread, places.typed_back() if was_letter else None
            )
        await _show_buttons(session, thread, said)
        await work.write_messages(said)
        return changed, said

    def _row(self, work: Work, conversation: Conversation, channel: str, line: Line) -> Row:
        pulls = channel in self.channels and self.channels[channel].pulls
        now, language = work.clock.now(), conversation.language
        values: dict[str, object] = {
            "conversation_id": conversation.id,
            "state": "sent" if pulls else "due",
            "language": language,
            "sent_text": self.renderer.as_sent(line.reply, language),
            "sent_at": now if pulls else None,
        }
        return message_row(conversation.person_id, line.reply, now, **values, **line.given)


async def until_settled(run: Callable[[], Awaitable[Result]]) -> Result:
    """Run again what lost a race for a conversation. Raises ChangedMeanwhile after some tries."""
    for _attempt in range(RUNS - 1):
        try:
            return await run()
        except ChangedMeanwhile:
            continue
        except DBAPIError as error:
            if not is_deadlock(error):
                raise
    return await run()


async def _found(session: AsyncSession, thread: str) -> tuple[Conversation, str]:
    found = (
        await session.execute(
            select(Conversation, Address.channel)
            .join(Address, Address.id == Conversation.address_id)
            .where(Conversation.id == thread, Address.channel.not_in(LETTERBOXES))
            .execution_options(populate_existing=True)
        )
    ).first()
    if found is None:
        raise NoSuchThread(thread)
    return found[0], found[1]


async def _show_buttons(session: AsyncSession, thread: str, said: Sequence[Row]) -> None:
    """The last of them that has buttons is the page now: its words may be typed."""
    pages = [each["id"] for each in said if each["body"]["buttons"]]
    if pages:
        await session.execute(
            update(Conversation)
            .where(Conversation.id == thread)
            .values(page_id=pages[-1])
            .execution_options(synchronize_session=False)
        )
