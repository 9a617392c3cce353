"""What of a message is not written in its reader's language, and what she reads instead.

A published language has every text, or the build fails; but a person may read one that is not
published any more, and an article or a door may have words in fewer languages than we have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dialogs.i18n import Catalogue
from dialogs.messages import Button, Label, Lines, Part, Quote, Reply
from dialogs.render import Renderer
from dialogs.text import Text, Words


@dataclass(frozen=True)
class Gap:
    """Something she gets in the language ``instead``; ``what`` is None for words of our own."""

    what: Words | None
    instead: str


def gaps(reply: Reply, language: str, texts: Catalogue) -> tuple[Gap, ...]:
    """What of a message has no words in a language."""
    found = (
        [Gap(None, another(reply, language, texts))] if _lacking(reply, language, texts) else []
    )
    for words in dict.fromkeys(_words(reply)):
        given = dict(words.by_language)
        if language not in given:
            known = (code for code in texts.languages.chain(language) if code in given)
            found.append(Gap(words, next(known, words.by_language[0][0])))
    return tuple(found)


def another(reply: Reply, language: str, texts: Catalogue) -> str:
    """The next best language that has every text which a message lacks in ``language``."""
    lacking = _lacking(reply, language, texts)
    for code in texts.languages.chain(language):
        if all(_has(text, code, texts) for text in lacking):
            return code
    return next(code for code, row in texts.languages.by_code.items() if row.source)


def readable(reply: Reply, language: str, renderer: Renderer) -> Reply:
    """The message as it can be sent: what has no words in her language is put into another.

    Those paragraphs are fixed here and now; a message without gaps comes back as it is.
    """
    texts = renderer.catalogue
    if not _lacking(reply, language, texts):
        return reply
    instead = another(reply, language, texts)

    def part_of(part: Part) -> Part:
        if all(_has(text, language, texts) for text in _texts_of(part)):
            return part
        return Quote(renderer.render(Reply((part,)), instead).text, instead)

    def button_of(button: Button) -> Button:
        if all(_has(text, language, texts) for text in _texts_of(button.label)):
            return button
        return replace(button, label=renderer.label(button.label, instead))

    parts = tuple(part_of(part) for part in reply.parts)
    return replace(reply, parts=parts, buttons=tuple(map(button_of, reply.buttons)))


def _lacking(reply: Reply, language: str, texts: Catalogue) -> list[Text]:
    return [text for text in _texts(reply) if not _has(text, language, texts)]


def _has(text: Text, language: str, texts: Catalogue) -> bool:
    return texts.languages[language].source or texts.has(text.msgid, language)


def _texts(reply: Reply) -> Iterator[Text]:
    for item in _leaves(reply):
        yield from _texts_of(item)


def _texts_of(item: Part | Label) -> Iterator[Text]:
    """A text, and the texts that are values of it."""
    match item:
        case Text(values=values):
            yield item
            for _name, value in values:
                if isinstance(value, Text):
                    yield from _texts_of(value)
        case Lines(texts=lines):
            for line in lines:
                yield from _texts_of(line)
        case _:
            pass


def _words(reply: Reply) -> Iterator[Words]:
    for item in _leaves(reply):
        if isinstance(item, Words):
            yield item
    for text in _texts(reply):
        for _name, value in text.values:
            if isinstance(value, Words):
                yield value


def _leaves(reply: Reply) -> Iterable[Part | Label]:
    return (*reply.parts, *(button.label for button in reply.buttons))
