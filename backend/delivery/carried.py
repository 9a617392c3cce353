"""A message as its channel is to send it: with the photo or the recording kept beside it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from backend.database import Database
from backend.media.forms import NAMES
from backend.models import Message
from backend.transcript import SWEDISH, as_read
from backend.translation.showing import as_delivered
from dialogs.messages import Attached, Enclosure, Rendered, Reply
from dialogs.render import Renderer
from dialogs.stored import UnreadableMessage, load_reply


async def as_carried(database: Database, renderer: Renderer, row: Message) -> Rendered:
    """The message with its file; once that is deleted, with the words that stand for it."""
    if row.media is None:
        return as_delivered(renderer, row)
    async with database.reading() as session:
        content = await session.scalar(select(Message.file).where(Message.id == row.id))
    if content is None:
        return as_read(renderer, row)
    return replace(
        _words_beside(renderer, row),
        enclosure=Enclosure(NAMES[row.media], row.media, content),
    )


def _words_beside(renderer: Renderer, row: Message) -> Rendered:
    """What is said besides the file: that there is one can be seen."""
    try:
        reply = load_reply(row.body)
    except UnreadableMessage:
        return as_read(renderer, row)
    return renderer.render(_without_files(reply), row.language or SWEDISH)


def _without_files(reply: Reply) -> Reply:
    return replace(
        reply, parts=tuple(part for part in reply.parts if not isinstance(part, Attached))
    )
