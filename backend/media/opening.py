"""What a file truly is, found out by opening it; its name and claimed type count for nothing.

Opening strangers' files is dangerous: only ``worker`` does it, in a process of its own.
"""

from __future__ import annotations

from backend.media.forms import MOST_BYTES, Clean, NotAPictureOrSound, TooLarge
from backend.media.pictures import clean_picture
from backend.media.sound import clean_sound


def clean(content: bytes) -> Clean:
    """The photo or the recording made anew. Raises what ``NotTaken`` has for classes."""
    if not content:
        raise NotAPictureOrSound
    if len(content) > MOST_BYTES:
        raise TooLarge
    try:
        return clean_picture(content)
    except MemoryError:
        raise TooLarge from None
    except NotAPictureOrSound:
        return clean_sound(content)
