"""Who sees activities, and who changes them."""

from __future__ import annotations

from http import HTTPStatus

from backend.api.problems import Problem
from backend.console.guard import Who
from backend.console.sessions import SignedIn
from dialogs.text import _


async def sees_activities(who: Who) -> None:
    """Those who lead activities, and those who keep them. Raises Problem 403."""
    if not (who.sees_conversations or who.keeps_catalogue):
        detail = _("Only coaches, coordinators and admins see activities.")
        raise Problem(HTTPStatus.FORBIDDEN, detail)


def may_change(who: SignedIn, leader: str | None) -> bool:
    """Coordinators and admins change every series, a coach those that she leads."""
    return who.keeps_catalogue or (who.sees_conversations and leader == who.staff)


def expect_own(who: SignedIn, leader: str | None) -> None:
    """Whether it is hers to change. Raises Problem 403."""
    if not may_change(who, leader):
        detail = _(
            "Only coordinators, admins and the coach who leads it can change this activity."
        )
        raise Problem(HTTPStatus.FORBIDDEN, detail)
