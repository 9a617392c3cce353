"""A translation beside what was written: never instead of it, and always marked as a machine's."""

from __future__ import annotations

from dataclasses import replace

from backend.models import Message
from backend.transcript import SWEDISH, as_read
from dialogs import values
from dialogs.messages import Part, Quote, Rendered, Reply
from dialogs.render import Renderer
from dialogs.stored import UnreadableMessage, load_reply
from dialogs.text import _

LABEL = _("Machine translation")
ABOVE = _("Machine translation:")
BELOW = _("As it was written:")


def translation_of(renderer: Renderer, row: Message) -> Rendered | None:
    """The machine's words alone, or None when there are none."""
    match row.translation:
        case {"language": str(language), "text": str(text)}:
            direction = renderer.catalogue.languages[language].direction
            return Rendered(values.isolate(text, direction), language, direction)
        case _:
            return None


def label_of(renderer: Renderer, language: str) -> str:
    """What stands above it, in a language."""
    return renderer.plain(LABEL, language)


def as_delivered(renderer: Renderer, row: Message) -> Rendered:
    """A message as a channel sends it: the translation, and below it what was written."""
    rendered, translation = as_read(renderer, row), translation_of(renderer, row)
    if translation is None or translation.language != rendered.language:
        return rendered
    try:
        reply = load_reply(row.body)
    except UnreadableMessage:
        return rendered
    if not renderer.can_render(reply):
        return rendered
    return renderer.render(_with(reply, translation), rendered.language)


def own_words(row: Message) -> Quote | None:
    """What somebody has written herself in a message; None when there is nothing of that kind.

    A button's label is quoted too, but in no language.
    """
    try:
        reply = load_reply(row.body)
    except UnreadableMessage:
        return None
    quotes = (part for part in reply.parts if isinstance(part, Quote) and part.language)
    return next(quotes, None)


def is_left_untranslated(row: Message) -> bool:
    """Whether a coach's own words went out in Swedish alone, to someone who reads another."""
    if row.author != "coach" or row.language in {None, SWEDISH} or row.translation is not None:
        return False
    words = own_words(row)
    return words is not None and words.language == SWEDISH


def _with(reply: Reply, translation: Rendered) -> Reply:
    machine = Quote(translation.text, translation.language)
    parts: list[Part] = []
    for part in reply.parts:
        if isinstance(part, Quote) and BELOW not in parts:
            parts += [ABOVE, machine, BELOW]
        parts.append(part)
    return replace(reply, parts=tuple(parts))
