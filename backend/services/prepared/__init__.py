"""Messages that coaches write again and again, prepared once in every language.

Each is a class: its fields are the blanks, typed, so that the page can ask for them and each
language can write them in its own way. Nothing here is translated at the moment of writing.
"""

from backend.services.prepared.message import Prepared, as_reply, in_swedish, opening
from backend.services.prepared.shelf import PREPARED, THEMES, Theme
from backend.services.prepared.talk import BookATime
from backend.services.prepared.values import (
    AUTHORITIES,
    INTERPRETED,
    THINGS,
    Authority,
    Interpreted,
    Minutes,
    Room,
    Things,
)

__all__ = [
    "AUTHORITIES",
    "INTERPRETED",
    "PREPARED",
    "THEMES",
    "THINGS",
    "Authority",
    "BookATime",
    "Interpreted",
    "Minutes",
    "Prepared",
    "Room",
    "Theme",
    "Things",
    "as_reply",
    "in_swedish",
    "opening",
]
