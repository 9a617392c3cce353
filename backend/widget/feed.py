"""What a page reads of its conversation: messages after a cursor, as its script knows them."""

from __future__ import annotations

from typing import Any

from backend import transcript
from backend.clock import ZONE
from backend.models import Conversation, Message
from backend.runtime import Runtime
from dialogs import values
from dialogs.messages import Rendered

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
    }


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
        "folded": rendered.twin_folded,
        "twin": _words(runtime, rendered.twin) if rendered.twin else None,
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
