"""Why a coach's own calendar could not be read, in words she can do something with."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.text import Text, _

UNREACHED = _("The calendar could not be reached.")
NOT_HTTPS = _("The address must begin with https://.")

FAULTS: Mapping[str, Text] = {
    "NotHttps": NOT_HTTPS,
    "NotPublic": _("The address does not lead to the open internet."),
    "TooLarge": _("The calendar is too large."),
    "TooMany": _("The calendar is too large."),
    "Refused": _("The calendar does not let us in. Make a new address there."),
    "NotACalendar": _("What is at the address is not a calendar."),
    "WrongKey": _("The address cannot be opened any more. Write it again."),
}


def in_words(fault: str | None) -> Text | None:
    """The words for the name of a fault; None when there is none."""
    return FAULTS.get(fault, UNREACHED) if fault else None
