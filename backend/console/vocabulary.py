"""What staff read for the states of a booking, and for what the journal says of it."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.text import Text, _

STATES: Mapping[str, Text] = {
    "waiting": _("Waits for a free time"),
    "held": _("Kept for a short time"),
    "requested": _("Asked for"),
    "proposed": _("Times proposed"),
    "confirmed": _("Booked"),
    "enrolled": _("Signed up for the whole course"),
    "attended": _("Came"),
    "no_show": _("Did not come"),
    "excused": _("Was excused"),
    "cancelled": _("Cancelled"),
    "expired": _("Not answered in time"),
}

INTERPRETERS: Mapping[str, Text] = {
    "wanted": _("Interpreter wanted"),
    "booked": _("Interpreter booked"),
    "failed": _("No interpreter found"),
    "to_cancel": _("Interpreter to be cancelled"),
    "cancelled": _("Interpreter cancelled"),
}

ACTIONS: Mapping[str, Text] = {
    **STATES,
    "moved": _("Moved"),
    "offered": _("Free time offered"),
    "taken": _("Offered time taken"),
    "seen": _("Seen"),
    "number_given": _("Number given for the call"),
    "undone": _("Mark taken back"),
    "none_fitted": _("No proposed time suited"),
}
CHANGED = _("Changed")
OUTCOMES = frozenset(("attended", "no_show", "excused"))


def in_words(before: str | None, action: str, data: Mapping[str, object]) -> Text:
    """What a journal row of a booking says. ``before`` is the action that came before it."""
    if action == "interpreter":
        states = {**INTERPRETERS, "none": _("No interpreter wanted")}
        return states.get(str(data.get("state")), CHANGED)
    if action == "confirmed" and before in OUTCOMES:
        return ACTIONS["undone"]
    if action == "requested" and before == "proposed":
        return ACTIONS["none_fitted"]
    return ACTIONS.get(action, CHANGED)
