"""Rows of bookings as the person, or a coach, sees them."""

from __future__ import annotations

from typing import cast

from pydantic import TypeAdapter

from backend.models import Booking, Meeting
from backend.services.catalogue import Catalogue
from backend.services.interpreters import need_of
from dialogs import ports
from dialogs.ports import BookingState, InterpreterState, Mode, Offer, Slot

SLOT: TypeAdapter[Slot] = TypeAdapter(Slot)


def meeting(catalogue: Catalogue, booking: Booking, held: Meeting) -> ports.Meeting:
    """A booking and its meeting. The table's CHECKs allow no other words than the types do."""
    mode = cast("Mode", held.mode)
    coach = catalogue.coaches.get(held.staff_id or "")
    return ports.Meeting(
        booking.id,
        booking.version,
        cast("BookingState", booking.state),
        catalogue.service_of(booking.service_id, held.series_id),
        held.starts_at,
        held.ends_at,
        catalogue.units[held.unit_id],
        catalogue.names.get(held.staff_id or ""),
        held.staff_id,
        mode,
        catalogue.links.room(booking.id, booking.version) if mode == "video" else None,
        catalogue.links.card(booking.id),
        cast("InterpreterState", booking.interpreter),
        need_of(booking.interpreter_need),
        coach.languages if coach else (),
    )


def wish(
    catalogue: Catalogue, booking: Booking, language: str = "", held: Meeting | None = None
) -> ports.Wish:
    """A booking that has no time yet, or one that is only ``held`` for her as an offer.

    ``language``: hers, so that it comes first on a button.
    """
    slots = [slot_of(held)] if held else [SLOT.validate_python(each) for each in booking.proposals]
    offers = (offer(catalogue, slot, language) for slot in slots)
    return ports.Wish(
        booking.id,
        booking.version,
        cast("BookingState", booking.state),
        catalogue.services[booking.service_id].service,
        tuple(found for found in offers if found is not None),
        booking.hold_until,
        booking.instead_of,
    )


def slot_of(held: Meeting) -> Slot:
    """The slot a one-to-one meeting is at."""
    mode = cast("Mode", held.mode)
    return Slot(held.service_id, held.staff_id or "", held.unit_id, held.starts_at, mode)


def offer(catalogue: Catalogue, slot: Slot, language: str) -> Offer | None:
    """A slot with its coach and place; None when they are there no more."""
    unit, coach = catalogue.units.get(slot.unit), catalogue.coaches.get(slot.coach)
    if unit is None:
        return None
    languages = coach.languages if coach else ()
    speaks = tuple(sorted(languages, key=lambda code: code != language))
    return Offer(slot, catalogue.names.get(slot.coach, ""), unit, speaks)
