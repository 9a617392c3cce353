"""The vocabulary dialogs are written in: steps, actions, links, and what a step returns.

A step is a page: safe, like GET, and may be rendered again. An action is a form post: it runs
once for a tap, and returns where to go next. Both are plain async functions of a ``Turn`` and
typed arguments, which travel as JSON between taps.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Concatenate, Generic, ParamSpec, get_type_hints

from pydantic import TypeAdapter, ValidationError

from dialogs.messages import (
    Attached,
    Button,
    Excerpt,
    Label,
    Lines,
    Place,
    Quote,
    Reply,
    Twin,
    Urgency,
)
from dialogs.ports import Ports
from dialogs.session import Session
from dialogs.text import Text

P = ParamSpec("P")


class UnknownStep(LookupError):
    """A stored place names a step that no longer exists."""


class BadArguments(ValueError):
    """A stored place's arguments do not fit its step."""


@dataclass(frozen=True)
class Ask:
    """Show a page and wait. ``listen`` takes typed text as its first argument."""

    reply: Reply
    listen: Place | None = None


@dataclass(frozen=True)
class GoTo:
    """Go on to another step in the same turn, after saying ``first``.

    ``language`` switches the conversation to it. ``conceal`` keeps what the person just typed
    out of the transcript: a telephone number is stored once, encrypted, and nowhere else.
    """

    place: Place
    first: tuple[Reply, ...] = ()
    language: str | None = None
    conceal: bool = False


@dataclass(frozen=True)
class End:
    """Say the last words of this dialog; what is typed next is a new question."""

    reply: Reply


Outcome = Ask | GoTo | End
Effect = GoTo | End  # an action never shows a page of its own: the page may be rendered again


class Elsewhere(Exception):
    """What a step needs is not there; it goes on to another place instead."""

    def __init__(self, instead: GoTo) -> None:
        super().__init__(instead.place.step)
        self.instead = instead


@dataclass(frozen=True)
class Turn:
    """What a step may know: who it talks to, the ports, and the present instant.

    ``key`` names the event, and is the same when the turn is run again.
    """

    session: Session
    ports: Ports
    now: datetime
    key: str = ""

    @property
    def language(self) -> str:
        """The language the person is answered in; only ports need it."""
        return self.session.language


@dataclass(frozen=True)
class Step(Generic[P]):
    """A page or an action, registered by name. Its arguments go to JSON by their type hints."""

    name: str
    run: Callable[Concatenate[Turn, P], Awaitable[Outcome]]
    is_action: bool
    adapters: tuple[TypeAdapter[object], ...]

    def at(self, *args: P.args, **kwargs: P.kwargs) -> Place:
        """The place of this step with these arguments."""
        if kwargs:
            raise BadArguments(self.name)
        return self.place_of(args)

    def place_of(self, args: tuple[object, ...]) -> Place:
        """The place of this step with arguments whose types were checked elsewhere."""
        dumped = (
            adapter.dump_python(value, mode="json")
            for adapter, value in zip(self.adapters, args, strict=False)
        )
        return Place(self.name, tuple(dumped))

    def arguments(self, place: Place) -> tuple[object, ...]:
        """A stored place's arguments as the step's own types. Raises BadArguments."""
        if len(place.args) != len(self.adapters):
            raise BadArguments(place.step)
        try:
            return tuple(
                adapter.validate_python(value)
                for adapter, value in zip(self.adapters, place.args, strict=True)
            )
        except ValidationError as error:
            raise BadArguments(place.step) from error

    async def __call__(self, turn: Turn, *args: P.args, **kwargs: P.kwargs) -> Outcome:
        return await self.run(turn, *args, **kwargs)


@dataclass
class Dialog:
    """A named group of steps: one conversation about one thing."""

    name: str
    steps: dict[str, Step[...]] = field(default_factory=dict)

    def step(self, run: Callable[Concatenate[Turn, P], Awaitable[Outcome]]) -> Step[P]:
        """Register a page."""
        return self._register(run, is_action=False)

    def action(self, run: Callable[Concatenate[Turn, P], Awaitable[Effect]]) -> Step[P]:
        """Register an effect."""
        return self._register(run, is_action=True)

    def _register(
        self, run: Callable[Concatenate[Turn, P], Awaitable[Outcome]], *, is_action: bool
    ) -> Step[P]:
        hints = get_type_hints(run)
        names = list(inspect.signature(run).parameters)[1:]
        adapters = tuple(TypeAdapter[object](hints[name]) for name in names)
        step = Step(f"{self.name}.{run.__name__}", run, is_action, adapters)
        self.steps[step.name] = step
        return step


class Registry:
    """Every step of every dialog, by name."""

    def __init__(self, dialogs: Iterable[Dialog]) -> None:
        self.steps: Mapping[str, Step[...]] = {
            name: step for dialog in dialogs for name, step in dialog.steps.items()
        }

    def step(self, place: Place) -> Step[...]:
        """The step a place names. Raises UnknownStep."""
        try:
            return self.steps[place.step]
        except KeyError:
            raise UnknownStep(place.step) from None


def go(label: Label, step: Step[P], *args: P.args, **kwargs: P.kwargs) -> Button:
    """A button to a step of the same dialog; the arguments are checked against the step's own."""
    return Button(label, step.at(*args, **kwargs))


def to(label: Label, place: Place, icon: str | None = None) -> Button:
    """A button to a place of another dialog, with a picture."""
    return Button(label, place, icon)


def goto(step: Step[P], *args: P.args, **kwargs: P.kwargs) -> GoTo:
    """Go on to another step of the same dialog."""
    return GoTo(step.at(*args, **kwargs))


def after(reply: Reply, following: GoTo) -> GoTo:
    """Say something first, then go on."""
    return replace(following, first=(reply, *following.first))


def typed(step: Step[Concatenate[str, P]], *args: P.args, **kwargs: P.kwargs) -> Place:
    """A place that takes what the person types next as its first argument."""
    if kwargs:
        raise BadArguments(step.name)
    return step.place_of(("", *args))


Content = Text | Lines | Quote | Excerpt | Attached | Button


def say(
    *content: Content,
    urgency: Urgency = Urgency.REPLY,
    twin: Twin = Twin.NONE,
    brief: Text | None = None,
) -> Reply:
    """One message from paragraphs and buttons; ``brief`` is its short form for an SMS."""
    parts = tuple(item for item in content if not isinstance(item, Button))
    buttons = tuple(item for item in content if isinstance(item, Button))
    return Reply(parts, buttons, urgency, twin, brief)


def ask(*content: Content, listen: Place | None = None, twin: Twin = Twin.NONE) -> Ask:
    """A page: show paragraphs and buttons, and wait for a tap or for typed text."""
    return Ask(say(*content, twin=twin), listen)


def end(*content: Content, twin: Twin = Twin.NONE, brief: Text | None = None) -> End:
    """The last message of a dialog."""
    return End(say(*content, twin=twin, brief=brief))
