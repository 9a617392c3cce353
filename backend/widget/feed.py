"""What a page reads of its conversation: messages after a cursor, as its script knows them."""

from __future__ import annotations

from typing import Any

from backend import transcript
from backend.clock import ZONE
from backend.models import Conversation, Message
from backend.runtime import Runtime
from backend.talks import reception
from backend.talks.rows import talk_of
from backend.translation.showing import label_of, translation_of
from dialogs import values
from dialogs.messages import Attached, Excerpt, Rendered
from dialogs.stored import UnreadableMessage, load_reply

Json = dict[str, Any]


async def feed(runtime: Runtime, conversation: Conversation, after: int) -> Json:
    """Everything new or changed after a cursor; what was read before counts as delivered."""
    async with runtime.database.reading() as session:
        # The counter first: PostgreSQL shows each statement what is committed by then, and a
        # cursor must never pass a message that was not among the rows.
        head = await transcript.counter(session, conversation.id)
        rows = await transcript.messages_after(session, conversation.id, after)
        seen = after > 0 and await transcript.undelivered(session, conversation.id, after)
        fresh = await session.get(Conversation, conversation.id)
    if seen:
        async with runtime.database.writing() as session:
            await transcript.mark_delivered(session, conversation.id, after)
    language = runtime.texts.languages[(fresh or conversation).language]
    catalogue = await _names(runtime)
    more = len(rows) == transcript.MOST
    return {
        "messages": [_message(runtime, row, catalogue) for row in rows if row.state != "planned"],
        "up_to": transcript.last_of(rows, after if more else max(head, after)),
        "more": more,
        "language": language.code,
        "html": language.html,
        "direction": language.direction,
        "talk": await _talk(runtime, fresh or conversation, catalogue),
    }


async def _talk(runtime: Runtime, conversation: Conversation, names: dict[str, str]) -> Json:
    """Who speaks with her: her place while she waits, the first name of whom she talks with."""
    place = None
    if conversation.owner == "queue":
        async with runtime.database.reading() as session:
            desk = await reception.look(
                session,
                await runtime.cache.get(session),
                conversation.id,
                talk_of(conversation),
                conversation.unit_id,
                runtime.clock.now(),
            )
        place = desk.place
    name = names.get(conversation.coach_id or "")
    return {"owner": conversation.owner, "place": place, "name": name}


async def _names(runtime: Runtime) -> dict[str, str]:
    async with runtime.database.reading() as session:
        return dict((await runtime.cache.get(session)).names)


def _message(runtime: Runtime, row: Message, names: dict[str, str]) -> Json:
    rendered = transcript.as_read(runtime.renderer, row)
    at = row.sent_at or row.created_at
    language, direction = rendered.language, rendered.direction
    return {
        "id": row.id,
        "seq": row.seq,
        "changed": row.changed,
        "from": row.author,
        "name": names.get(row.staff_id) if row.staff_id else None,
        "client_id": row.reference if row.direction == "in" else None,
        "time": f"{at.astimezone(ZONE):%H:%M}",
        "day": values.write_day(at.astimezone(ZONE).date(), language, direction),
        "state": row.state,
        "urgency": rendered.urgency.value,
        **_words(runtime, rendered),
        "buttons": [{"label": button.label, "icon": button.icon} for button in rendered.buttons]
        if row.direction == "out"
        else [],
        "file": _file(row),
        "recording": _recording(runtime, row, rendered.language),
        "folded": rendered.twin_folded,
        "twin": _words(runtime, rendered.twin) if rendered.twin else None,
        "translation": _translation(runtime, row),
    }


def _file(row: Message) -> Json | None:
    """What was sent with a message; its content is asked for by the message's id."""
    if row.media is None:
        return None
    try:
        parts = load_reply(row.body).parts
    except UnreadableMessage:
        return None
    for part in parts:
        if isinstance(part, Attached):
            return {"kind": part.kind, "media": row.media, "seconds": part.seconds}
    return None


def _recording(runtime: Runtime, row: Message, language: str) -> str | None:
    """Where an answer is heard that somebody has read aloud, in the language it is shown in."""
    try:
        parts = load_reply(row.body).parts
    except UnreadableMessage:
        return None
    for part in parts:
        if isinstance(part, Excerpt) and part.section == 0:
            read = runtime.answers.read(part.slug, language)
            if read is not None and runtime.answers.is_recorded(part.slug, read[1].language):
                return f"a/{part.slug}/{read[1].language}.ogg"
    return None


def _translation(runtime: Runtime, row: Message) -> Json | None:
    """A machine's translation of what a coach has written; that of her own words is for us."""
    found = translation_of(runtime.renderer, row)
    if found is None or row.direction == "in":
        return None
    return {
        "text": found.text,
        "language": runtime.texts.languages[found.language].html,
        "direction": found.direction,
        "label": label_of(runtime.renderer, found.language),
    }


def _words(runtime: Runtime, rendered: Rendered) -> Json:
    return {
        "text": rendered.text,
        "language": runtime.texts.languages[rendered.language].html,
        "direction": rendered.direction,
        "entities": [
            {
                "kind": entity.kind,
                "offset": entity.offset,
                "length": entity.length,
                "url": entity.url,
            }
            for entity in rendered.entities
        ],
    }
