"""The text of a file that somebody has brought, whatever program has written it."""

from __future__ import annotations

import codecs

from backend.gatherings.found import NoActivities
from backend.hygiene import clean
from dialogs.text import _

MOST_BYTES = 2_000_000
MEGABYTES = MOST_BYTES // 1_000_000
EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(content: bytes) -> str:
    """The text with newlines alone between lines. Raises NoActivities.

    Line by line UTF-8 or else Windows-1252: files are put together from several.
    """
    if len(content) > MOST_BYTES:
        raise NoActivities(
            _("The file is too large. {most:number} megabytes are the most.", most=MEGABYTES)
        )
    if content.startswith(EXCEL):
        raise NoActivities(_("This is an Excel file. Save it as CSV first."))
    if content.startswith(WIDE):
        return clean(content.decode("utf-16", "replace"))
    if b"\x00" in content:
        raise NoActivities(_("This is neither a table (CSV) nor a calendar (ICS)."))
    lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    return clean("\n".join(map(_line, lines)))


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
