"""Cards that several dialogs and the reminders show: a meeting, made to be shown to others too."""

from __future__ import annotations

from dialogs.i18n import Languages
from dialogs.messages import Lines
from dialogs.ports import Meeting, Offer
from dialogs.text import Text, Web, _


def meeting_card(meeting: Meeting) -> Lines:
    """What, when, where, how to find the door, whom she meets, what to bring."""
    unit = meeting.unit
    lines = [
        _("**{service}**", service=meeting.service.name),
        _("Time: {at:moment}", at=meeting.starts),
        _("Place: {unit}", unit=unit.name),
        _("Address: {address}", address=Web(unit.address, unit.map_url))
        if unit.map_url
        else _("Address: {address}", address=unit.address),
    ]
    if unit.door:
        lines.append(_("The door: {door}", door=unit.door))
    if meeting.coach:
        lines.append(_("You meet: {coach}", coach=meeting.coach))
    if meeting.service.bring:
        lines.append(_("Bring: {things}", things=meeting.service.bring))
    return Lines(tuple(lines))


def short_place(meeting: Meeting) -> Lines:
    """Only time and place, for a reminder that other eyes may read."""
    return Lines(
        (
            _("Time: {at:moment}", at=meeting.starts),
            _("Place: {unit}, {address}", unit=meeting.unit.name, address=meeting.unit.address),
        )
    )


def offer_label(offer: Offer, languages: Languages) -> Text:
    """A free time on a button: when, who, and the language they share."""
    known = languages.by_code
    shared = next((known[code].name for code in offer.speaks if code in known), None)
    if shared:
        return _(
            "{at:short}, {coach} ({language})",
            at=offer.slot.starts,
            coach=offer.coach,
            language=shared,
        )
    return _("{at:short}, {coach}", at=offer.slot.starts, coach=offer.coach)
