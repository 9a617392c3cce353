"""One turn of a conversation: an event goes in, a new session and replies come out.

Pure apart from the ports: nothing is sent and nothing is stored here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialogs import places
from dialogs.core import (
    Ask,
    BadArguments,
    Elsewhere,
    End,
    GoTo,
    Registry,
    Step,
    Turn,
    UnknownStep,
    say,
    to,
)
from dialogs.messages import Button, Event, Place, Reply, Tapped
from dialogs.ports import Ports
from dialogs.routing import Route, Router
from dialogs.session import Offered, Session
from dialogs.talks import Wrote
from dialogs.text import _

MOST_STEPS_IN_A_TURN = 8


class EndlessDialog(RuntimeError):
    """Steps sent each other on without ever showing a page."""


@dataclass(frozen=True)
class Advanced:
    """What a turn came to. The last reply is the page the person is on; none is silence.

    ``acted`` is the button whose action ran; it must not run again. ``conceal`` says that what
    she typed is not to be kept.
    """

    session: Session
    replies: tuple[Reply, ...]
    acted: Tapped | None = None
    conceal: bool = False


@dataclass(frozen=True)
class Engine:
    """Runs steps. One for the whole program; it keeps nothing between turns."""

    registry: Registry
    router: Router

    async def advance(
        self, session: Session, event: Event, offered: Offered | None, ports: Ports, key: str
    ) -> Advanced:
        """Answer one event. ``key`` names it, and is the same when it is run again."""
        route = self.router.route(session, event, offered, ports.knowledge)
        turn = Turn(session, ports, ports.clock.now(), key)
        if route.place is None:
            await ports.talks.happened(Wrote(route.is_urgent))
            return Advanced(session, route.first)
        try:
            return await self._follow(turn, route)
        except (UnknownStep, BadArguments):
            return await self._follow(turn, Route(places.MENU, (_old_button(),)))

    async def _follow(self, turn: Turn, route: Route) -> Advanced:
        """Run steps until one shows a page or says the last word."""
        place, first, acted, conceal = route.place or places.MENU, route.first, None, False
        for _hop in range(MOST_STEPS_IN_A_TURN):
            step = self.registry.step(place)
            if step.is_action:
                acted = route.tap
            match await self._run(step, turn, place):
                case GoTo() as onward:
                    place, first = onward.place, (*first, *onward.first)
                    conceal = conceal or onward.conceal
                    turn = _in_language(turn, onward.language)
                case Ask(reply=reply, listen=listen):
                    session = _arrive(turn.session, place, listen)
                    page = _with_navigation(reply, place, session)
                    return Advanced(session, (*first, page), acted, conceal)
                case End(reply=reply):
                    page = _with_menu(reply)
                    return Advanced(turn.session.at(None), (*first, page), acted, conceal)
        raise EndlessDialog(place.step)

    @staticmethod
    async def _run(step: Step[...], turn: Turn, place: Place) -> Ask | GoTo | End:
        try:
            return await step.run(turn, *step.arguments(place))
        except Elsewhere as elsewhere:
            return elsewhere.instead


def _in_language(turn: Turn, language: str | None) -> Turn:
    if language is None:
        return turn
    return replace(turn, session=replace(turn.session, language=language, chosen=True))


def _arrive(session: Session, place: Place, listen: Place | None) -> Session:
    arrived = session.at(place, listen)
    return replace(arrived, trail=()) if place == places.MENU else arrived


def _with_navigation(reply: Reply, place: Place, session: Session) -> Reply:
    """Back and Menu on every page, except where there is nowhere else to go."""
    if place in (places.MENU, places.TALKING) or not session.chosen or session.is_in_talk:
        return reply
    previous = session.previous
    linked = {button.link.step for button in reply.buttons}
    extra: tuple[Button, ...] = ()
    if previous and previous != places.MENU and previous.step not in linked:
        extra = (to(_("Back"), previous, icon="back"),)
    return _with_menu(replace(reply, buttons=(*reply.buttons, *extra)))


def _with_menu(reply: Reply) -> Reply:
    if any(button.link == places.MENU for button in reply.buttons):
        return reply
    menu = to(_("Menu"), places.MENU, icon="menu")
    return replace(reply, buttons=(*reply.buttons, menu))


def _old_button() -> Reply:
    return say(_("That button is old and no longer works. Here is the menu."))
