"""A time of day as it is written in a file, "09:00", and as the program holds it: minutes."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import BeforeValidator

from backend.models.calendar import MINUTES_OF_A_DAY

TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


def minute_of(value: object) -> int:
    """Minutes since local midnight, up to 24:00. Raises ValueError, in words for the writer."""
    written = f"{value:%H:%M}" if isinstance(value, time) else value
    found = TIME.fullmatch(written) if isinstance(written, str) else None
    minute = int(found[1]) * 60 + int(found[2]) if found else None
    if minute is None or minute > MINUTES_OF_A_DAY:
        message = f'"{value}" is not a time; write HH:MM, such as "09:00"'
        raise ValueError(message)
    return minute


Clock = Annotated[int, BeforeValidator(minute_of)]
