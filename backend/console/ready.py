"""The prepared messages as they are picked: by theme, and found by words; and what fills them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backend.console.blanks import Choices, blanks
from backend.console.context import Console
from backend.services.prepared import AUTHORITIES, INTERPRETED, THEMES, THINGS, Prepared
from dialogs.text import Text

LONGEST_SEARCH = 60

Row = tuple[str, str]  # what a form sends, and what is read


@dataclass(frozen=True)
class Ready:
    """One message to pick. ``words`` is what it is found by; ``fits`` whether it was."""

    name: str
    title: str
    words: str
    fits: bool


@dataclass(frozen=True)
class Shelf:
    """The messages of one theme."""

    title: str
    ready: tuple[Ready, ...]

    @property
    def fits(self) -> bool:
        """Whether anything here was found."""
        return any(ready.fits for ready in self.ready)


@dataclass(frozen=True)
class Picker:
    """Every message by its theme, and the words somebody looks for."""

    find: str
    shelves: tuple[Shelf, ...]

    @property
    def fits(self) -> bool:
        """Whether anything was found at all."""
        return any(shelf.fits for shelf in self.shelves)


def picker(written: Callable[[Text], str], find: str = "") -> Picker:
    """What can be picked, written in somebody's language, where every word of ``find`` occurs."""
    sought = find[:LONGEST_SEARCH].casefold().split()
    shelves = []
    for theme in THEMES:
        about = written(theme.title)
        found = []
        for kind in theme.kinds:
            title = written(kind.title)
            words = " ".join((title, about, *_listed(kind, written))).casefold()
            fits = all(word in words for word in sought)
            found.append(Ready(kind.name, title, words, fits))
        shelves.append(Shelf(about, tuple(found)))
    return Picker(find, tuple(shelves))


def lists(console: Console, choices: Choices, language: str) -> Mapping[str, Sequence[Row]]:
    """What each kind of blank can be chosen from, where that is a list."""
    return {
        "unit": [(unit.id, unit.name) for unit in choices.units.values()],
        "coach": [(coach.id, coach.name) for coach in choices.coaches.values()],
        "article": _titles(console, language),
        "authority": [(key, authority.name) for key, authority in AUTHORITIES.items()],
        "language": [
            (code, f"{spoken.swedish} – {spoken.own}")
            for code, spoken in sorted(INTERPRETED.items(), key=lambda row: row[1].swedish)
        ],
    }


def _listed(kind: type[Prepared], written: Callable[[Text], str]) -> list[str]:
    """What a message may come to say, so that "passport" finds the one about what to bring."""
    kinds = {blank.kind for blank in blanks(kind)}
    found = [written(thing) for thing in THINGS.values()] if "things" in kinds else []
    if "authority" in kinds:
        found += [authority.name for authority in AUTHORITIES.values()]
    return found


def _titles(console: Console, language: str) -> list[Row]:
    """Every article by its title in the reader's language, in alphabetical order."""
    answers = console.runtime.answers
    found = (answers.read(each.slug, language) for each in answers.library.articles)
    titles = [(article.slug, words.title) for article, words in filter(None, found)]
    return sorted(titles, key=lambda row: row[1].casefold())
