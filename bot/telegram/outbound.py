"""A rendered message as Telegram messages: text, formatting, and the Swedish beside it."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram.enums import MessageEntityType
from aiogram.types import MessageEntity

from bot.telegram.splitting import Passage, split
from dialogs.messages import Enclosure, Entity, Rendered

SEPARATOR = f"\n\n{'─' * 12}\n\n"
BLANK_LINE = "\n\n"
LONGEST_CAPTION = 1_024
CARRIED = ("image/", "audio/")


@dataclass(frozen=True)
class Piece:
    """One message to send: words, or a file with words below it, or with none."""

    words: Passage
    file: Enclosure | None = None


def pieces(rendered: Rendered, limit: int) -> tuple[Piece, ...]:
    """The messages to send. A photo or a recording comes first; short words stay with it."""
    said = passages(rendered, limit) if rendered.text.strip() else ()
    file = rendered.enclosure
    if file is None or not file.media.startswith(CARRIED):
        return tuple(map(Piece, said))
    if len(said) == 1 and said[0].units <= LONGEST_CAPTION:
        return (Piece(said[0], file),)
    return (Piece(Passage(""), file), *map(Piece, said))


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
