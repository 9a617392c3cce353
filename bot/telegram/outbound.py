"""A rendered message as Telegram messages: text, formatting, and the Swedish beside it."""

from __future__ import annotations

from aiogram.enums import MessageEntityType
from aiogram.types import MessageEntity

from bot.telegram.splitting import Passage, split
from dialogs.messages import Entity, Rendered

SEPARATOR = f"\n\n{'─' * 12}\n\n"
BLANK_LINE = "\n\n"


def passages(rendered: Rendered, limit: int) -> tuple[Passage, ...]:
    """One passage for each message to send, each at most ``limit`` UTF-16 code units.

    Text and formatting only, never a parse mode: what people write must not become markup.
    The Swedish follows in the same message, or in its own when both do not fit.
    """
    own = _passage(rendered)
    rtl = rendered.direction == "rtl"
    if rendered.twin is None:
        return split(own, limit, rtl=rtl)
    twin = _passage(rendered.twin)
    both = _beside(own, twin, folded=rendered.twin_folded)
    if both.units <= limit:
        return (both,)
    swedish = split(twin, limit)
    folded = tuple(map(_folded, swedish)) if rendered.twin_folded else swedish
    return (*split(own, limit, rtl=rtl), *folded)


def _passage(rendered: Rendered) -> Passage:
    entities = tuple(_entity(entity) for entity in rendered.entities if entity.kind != "phone")
    return Passage(rendered.text, entities)


def _entity(entity: Entity) -> MessageEntity:
    """Bold or a link. A phone number stays text: phones make it dialable by themselves."""
    kind = MessageEntityType.TEXT_LINK if entity.kind == "link" else MessageEntityType.BOLD
    url = entity.url if entity.kind == "link" else None
    return MessageEntity(type=kind, offset=entity.offset, length=entity.length, url=url)


def _beside(own: Passage, twin: Passage, *, folded: bool) -> Passage:
    between = BLANK_LINE if folded else SEPARATOR
    below = _folded(twin) if folded else twin
    entities = below.moved(own.units + len(between))
    return Passage(own.text + between + twin.text, (*own.entities, *entities))


def _folded(passage: Passage) -> Passage:
    """The passage as a quotation that unfolds with one tap."""
    quotation = MessageEntity(
        type=MessageEntityType.EXPANDABLE_BLOCKQUOTE, offset=0, length=passage.units
    )
    return Passage(passage.text, (quotation, *passage.entities))
