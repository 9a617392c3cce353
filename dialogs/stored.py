"""The JSON a message row holds: a versioned form of ``Reply`` that outlives its code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from dialogs.messages import (
    Attached,
    Button,
    Excerpt,
    Label,
    Lines,
    Part,
    Place,
    Quote,
    Reply,
    Twin,
    Urgency,
)
from dialogs.text import Text, Value, Web, Words

VERSION = 1
Json = Mapping[str, Any]


class UnreadableMessage(ValueError):
    """A stored message was written by a newer version, or is damaged."""


def dump_reply(reply: Reply) -> dict[str, Any]:
    """A reply as JSON."""
    stored = {
        "v": VERSION,
        "parts": [_dump_part(part) for part in reply.parts],
        "buttons": [dump_button(button) for button in reply.buttons],
        "urgency": reply.urgency.value,
        "twin": reply.twin.value,
    }
    return stored if reply.brief is None else stored | {"brief": dump_text(reply.brief)}


def load_reply(stored: Json) -> Reply:
    """A reply from its JSON. Raises UnreadableMessage."""
    if stored.get("v") != VERSION:
        raise UnreadableMessage(stored.get("v"))
    try:
        return Reply(
            tuple(_load_part(part) for part in stored["parts"]),
            tuple(load_button(button) for button in stored["buttons"]),
            Urgency(stored["urgency"]),
            Twin(stored["twin"]),
            load_text(stored["brief"]) if "brief" in stored else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableMessage(str(error)) from error


def dump_place(place: Place) -> dict[str, Any]:
    """A place as JSON: the step's name and its arguments."""
    return {"step": place.step, "args": list(place.args)}


def load_place(stored: Json) -> Place:
    """A place from its JSON."""
    return Place(stored["step"], tuple(stored["args"]))


def dump_button(button: Button) -> dict[str, Any]:
    """A button as JSON."""
    return {
        "label": _dump_label(button.label),
        "link": dump_place(button.link),
        "icon": button.icon,
    }


def load_button(stored: Json) -> Button:
    """A button from its JSON."""
    return Button(_load_label(stored["label"]), load_place(stored["link"]), stored["icon"])


def dump_text(text: Text) -> dict[str, Any]:
    """A text as JSON: msgid, typed values, plural."""
    values = {name: _dump_value(value) for name, value in text.values}
    return {"t": text.msgid, "values": values, "plural": text.plural}


def load_text(stored: Json) -> Text:
    """A text from its JSON."""
    values = tuple((name, _load_value(value)) for name, value in stored["values"].items())
    return Text(stored["t"], values, stored["plural"])


def dump_words(words: Words) -> dict[str, str]:
    """An operator's text as ``{language: text}``."""
    return dict(words.by_language)


def _dump_part(part: Part) -> dict[str, Any]:
    match part:
        case Text():
            return dump_text(part)
        case Lines(texts=texts):
            return {"lines": [dump_text(text) for text in texts]}
        case Quote(text=text, language=language):
            return {"quote": text, "language": language}
        case Attached(kind=kind, seconds=seconds):
            return {"attached": kind, "seconds": seconds}
        case Excerpt():
            return {
                "excerpt": part.slug,
                "language": part.language,
                "section": part.section,
                "digest": part.digest,
            }


def _load_part(stored: Json) -> Part:
    if "t" in stored:
        return load_text(stored)
    if "lines" in stored:
        return Lines(tuple(load_text(text) for text in stored["lines"]))
    if "quote" in stored:
        return Quote(stored["quote"], stored["language"])
    if "attached" in stored:
        return Attached("photo" if stored["attached"] == "photo" else "voice", stored["seconds"])
    return Excerpt(stored["excerpt"], stored["language"], stored["section"], stored["digest"])


def _dump_label(label: Label) -> object:
    match label:
        case Text():
            return dump_text(label)
        case Words():
            return {"words": dump_words(label)}
        case str():
            return label


def _load_label(stored: object) -> Label:
    match stored:
        case str():
            return stored
        case {"words": dict(words)}:
            return Words.of(words)
        case dict(text) if "t" in text:
            return load_text(text)
        case _:
            raise UnreadableMessage(repr(stored))


def _dump_value(value: Value) -> object:
    match value:
        case datetime():
            return {"at": round(value.timestamp() * 1000)}
        case date():
            return {"day": value.isoformat()}
        case Text():
            return dump_text(value)
        case Words():
            return {"words": dump_words(value)}
        case Web(text=text, url=url):
            return {"web": text, "url": url}
        case _:
            return value


def _load_value(stored: object) -> Value:
    match stored:
        case {"at": int(milliseconds)}:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case dict(text) if "t" in text:
            return load_text(text)
        case {"words": dict(words)}:
            return Words.of(words)
        case {"web": str(text), "url": str(url)}:
            return Web(text, url)
        case str() | int():
            return stored
        case _:
            raise UnreadableMessage(repr(stored))
