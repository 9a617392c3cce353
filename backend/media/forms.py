"""What a photo or a recording becomes, how large it may be, and why one is not taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MEGABYTE = 1_000_000
MOST_BYTES = 10 * MEGABYTE  # as it comes in
MOST_PIXELS = 40_000_000  # before it is made smaller
LONGEST_SIDE = 2_000  # pixels of a photo as it is kept
LONGEST_MINUTES = 5
LONGEST_SECONDS = 60 * LONGEST_MINUTES

Kind = Literal["photo", "voice"]

# The one form of each. MP3, because every browser plays it, also those built without licensed
# decoders (AAC) and iPhones before 2025 (Ogg), because Telegram takes it for a voice message, and
# because at 48 kbit/s speech loses nothing that a listener needs.
MEDIA: Mapping[Kind, str] = {"photo": "image/jpeg", "voice": "audio/mpeg"}
NAMES: Mapping[str, str] = {"image/jpeg": "photo.jpg", "audio/mpeg": "voice.mp3"}


class NotTaken(Exception):
    """A file that is not taken in; the class says why. It never names or quotes the file."""


class NotAPictureOrSound(NotTaken):
    """It is neither a still picture nor a recording of sound alone, whatever it is called."""


class TooLarge(NotTaken):
    """It has too many bytes, or too many pixels."""


class TooLong(NotTaken):
    """The recording plays for longer than is taken."""


class Damaged(NotTaken):
    """It begins as a picture or a recording and cannot be opened to its end."""


@dataclass(frozen=True)
class Clean:
    """A photo or a recording made anew. ``media`` is its MIME type, ``seconds`` how long it plays.

    A photo has 0 seconds; a recording has at least 1.
    """

    kind: Kind
    media: str
    content: bytes
    seconds: int = 0
