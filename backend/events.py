"""The JSON an inbox row holds: an event as it came, minimised, masked and cleaned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.hygiene import clean, mask
from dialogs.messages import Event, Said, SentFile, Started, Tapped


class UnreadableEvent(ValueError):
    """A stored event is damaged or from a newer version."""


def made_safe(event: Event) -> Event:
    """The event as it may be stored: no personnummer, no invisible characters."""
    if not isinstance(event, Said):
        return event
    text, masked = mask(clean(event.text))
    return Said(text, masked)


def dump_event(event: Event) -> dict[str, Any]:
    """An event as JSON."""
    match event:
        case Started(hint=hint, code=code, unit=unit):
            named = {"code": code, "unit": unit}
            return {"started": hint, **{key: value for key, value in named.items() if value}}
        case Said(text=text, masked=masked):
            return {"said": text, "masked": masked}
        case Tapped(message=message, index=index):
            return {"tapped": message, "index": index}
        case SentFile(kind=kind, file=None, seconds=0):
            return {"file": kind}
        case SentFile(kind=kind, file=file, seconds=seconds):
            return {"file": kind, "at": file, "seconds": seconds}


def load_event(stored: Mapping[str, Any]) -> Event:
    """An event from its JSON. Raises UnreadableEvent."""
    match stored:
        case {"started": hint}:
            return Started(hint, stored.get("code"), stored.get("unit"))
        case {"said": str(text), "masked": bool(masked)}:
            return Said(text, masked)
        case {"tapped": str(message), "index": int(index)}:
            return Tapped(message, index)
        case {"file": kind, "at": str() | None as file, "seconds": int(seconds)}:
            return SentFile(kind, file, seconds)
        case {"file": kind}:
            return SentFile(kind)
        case _:
            raise UnreadableEvent(list(stored))
