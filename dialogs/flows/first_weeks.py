"""My first weeks: two taps choose the list, one opens a step, one ticks it."""

from __future__ import annotations

from collections.abc import Iterator

from dialogs import places
from dialogs.core import Dialog, Effect, Elsewhere, Outcome, Turn, after, ask, go, goto, say, to
from dialogs.messages import Button, Lines
from dialogs.papers import Checklist, Task
from dialogs.text import Text, Web, _

first_weeks = Dialog("first_weeks")

SHOWN = 5
PATHS = {
    "assigned": _("Migrationsverket found a home for me in Stockholm"),
    "own_home": _("I found a home myself"),
    "family": _("I came to someone in my family"),
    "asylum": _("I seek asylum"),
    "protection": _("I have temporary protection (Ukraine)"),
}


@first_weeks.step
async def overview(turn: Turn) -> Outcome:
    """How far she is, and what comes next."""
    found = await turn.ports.first_weeks.checklist()
    if found is None:
        return goto(choose)
    undone = [task for task in found.tasks if not task.done]
    return ask(
        _("**My first weeks**"),
        Lines(progress(found)),
        *_what_next(undone),
        *_open(turn, undone[:SHOWN]),
        go(_("The whole list"), everything),
        go(_("I came in another way"), choose),
    )


@first_weeks.step
async def everything(turn: Turn) -> Outcome:
    """Every step, the ticked ones marked; and a page to print."""
    found = await _mine(turn)
    return ask(
        Lines(progress(found)),
        _("To print or to show: {page}", page=Web(found.address, found.address)),
        *_open(turn, found.tasks),
        go(_("What comes next"), overview),
    )


@first_weeks.step
async def choose(turn: Turn) -> Outcome:
    """How she came: the order of things depends on it."""
    return ask(
        _("How did you come to Stockholm? I show you what to do first. I tell no one."),
        *(
            go(PATHS[path], children, path)
            for path in turn.ports.first_weeks.paths()
            if path in PATHS
        ),
    )


@first_weeks.step
async def children(turn: Turn, path: str) -> Outcome:
    """Whether there are children to think of."""
    return ask(
        _("Do you have children with you?"),
        go(_("Yes"), begin, path, True),
        go(_("No"), begin, path, False),
    )


@first_weeks.action
async def begin(turn: Turn, path: str, with_children: bool) -> Effect:
    """This is her list; what she has ticked before stays ticked."""
    if path not in turn.ports.first_weeks.paths():
        return goto(choose)
    await turn.ports.first_weeks.choose(path, children=with_children)
    return goto(overview)


@first_weeks.step
async def one(turn: Turn, task: str) -> Outcome:
    """One step: read about it, and tick it."""
    found = next((each for each in (await _mine(turn)).tasks if each.id == task), None)
    if found is None:
        return goto(overview)
    tick_it = (
        go(_("Not done after all"), untick, task)
        if found.done
        else go(_("I have done this"), tick, task)
    )
    return ask(
        _("**{name}**", name=_title(turn, found)),
        *((_("You have done this."),) if found.done else ()),
        to(_("Read about it"), places.article(found.article), icon="info"),
        tick_it,
        go(_("What comes next"), overview),
    )


@first_weeks.action
async def tick(turn: Turn, task: str) -> Effect:
    """Done."""
    await turn.ports.first_weeks.tick(task, on=True)
    return after(say(_("Well done!")), goto(overview))


@first_weeks.action
async def untick(turn: Turn, task: str) -> Effect:
    """Not done after all."""
    await turn.ports.first_weeks.tick(task, on=False)
    return goto(overview)


def progress(found: Checklist) -> tuple[Text, ...]:
    """A picture of circles, and the same in words."""
    done, everything_ = found.done, len(found.tasks)
    circles = "●" * done + "○" * (everything_ - done)
    # A text, not a name: a name is set apart, and its circles would fill from the left in Arabic.
    return (
        _("{squares}", squares=Text(circles)),
        _("{done:number} of {all:number} done", done=done, all=everything_),
    )


def _what_next(undone: list[Task]) -> tuple[Text, ...]:
    if not undone:
        return (_("You have done everything on the list. Well done!"),)
    return (_("This comes next. You do not need to do everything on the same day."),)


def _open(turn: Turn, tasks: list[Task] | tuple[Task, ...]) -> Iterator[Button]:
    for task in tasks:
        title = _title(turn, task)
        yield go(_("✓ {name}", name=title) if task.done else title, one, task.id)


def _title(turn: Turn, task: Task) -> str:
    """The article's title; there is one in every language, and somebody has checked it."""
    found = turn.ports.knowledge.read(task.article, turn.language)
    return found[1].title if found else task.article


async def _mine(turn: Turn) -> Checklist:
    found = await turn.ports.first_weeks.checklist()
    if found is None:
        raise Elsewhere(goto(choose))
    return found
