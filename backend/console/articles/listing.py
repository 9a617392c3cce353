"""Every article in every language: what there is, who has approved it, what to look at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from fastapi import Response

from backend.answers import Answers
from backend.console.articles.desk import FACTS, is_stale, read_words
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.services import answering, editing
from backend.services.answering import Waiting
from backend.services.editing import Edit
from dialogs.text import Text, _
from knowledge.article import Article, Translation

State = Literal["missing", "draft", "approved"]
Show = Literal["all", "missing", "draft", "edited", "behind", "stale"]

STATE_WORDS: Mapping[State, Text] = {
    "missing": _("Missing"),
    "draft": _("Not approved"),
    "approved": _("Approved"),
}
SHOW_WORDS: Mapping[Show, Text] = {
    "all": _("All articles"),
    "missing": _("Without a text in some language"),
    "draft": _("With a text that is not approved"),
    "edited": _("Changed here"),
    "behind": _("The file has changed since"),
    "stale": _("To be reviewed"),
}


@dataclass(frozen=True)
class Cell:
    """An article in one language. ``behind``: its file has changed since it was edited here."""

    language: str
    state: State
    edited: bool
    behind: bool
    recorded: bool
    waiting: int


@dataclass(frozen=True)
class Line:
    """An article; ``stale`` when it should be looked at again."""

    slug: str
    title: str
    stale: bool
    edited: bool
    cells: Sequence[Cell]

    def is_shown(self, show: Show) -> bool:
        """Whether it is one of those that were asked for."""
        match show:
            case "all":
                return True
            case "stale":
                return self.stale
            case "edited":
                return self.edited or any(cell.edited for cell in self.cells)
            case "behind":
                return any(cell.behind for cell in self.cells)
            case _:
                return any(cell.state == show for cell in self.cells)


async def show(console: ConsoleOf, who: Who, show: str = "all") -> Response:
    """The table, or a part of it."""
    chosen = cast("Show", show) if show in get_args(Show) else "all"
    async with console.runtime.database.reading() as session:
        edits = await editing.edits(session)
        waiting = await answering.waiting(session)
    lines = list(_lines(console, edits, waiting, console.pages.language_of(who)))
    lines.sort(key=lambda line: line.title.casefold())
    return console.pages.show(
        who,
        "articles.html",
        lines=[line for line in lines if line.is_shown(chosen)],
        languages=_languages(console),
        chosen=chosen,
        counts={name: sum(line.is_shown(name) for line in lines) for name in SHOW_WORDS},
        shows=SHOW_WORDS,
        states=STATE_WORDS,
        here="questions",
    )


def _languages(console: Console) -> list[str]:
    return [language.code for language in console.runtime.texts.languages.published]


def _lines(
    console: Console,
    edits: Mapping[tuple[str, str], Edit],
    waiting: Sequence[Waiting],
    reader: str,
) -> Iterator[Line]:
    answers = console.runtime.answers
    wanted = {(each.slug, each.language): each.people for each in waiting}
    known = {article.slug for article in answers.library.articles}
    for slug in sorted(known | {slug for slug, _language in edits}):
        article = answers.library.article(slug)
        cells = [
            _cell(answers, article, (slug, code), edits.get((slug, code)), wanted)
            for code in _languages(console)
        ]
        read = answers.read(slug, reader)
        yield Line(
            slug,
            read[1].title if read else slug,
            article is not None and is_stale(console, article),
            (slug, FACTS) in edits,
            cells,
        )


def _cell(
    answers: Answers,
    article: Article | None,
    key: tuple[str, str],
    edit: Edit | None,
    wanted: Mapping[tuple[str, str], int],
) -> Cell:
    words: Translation | None = article.translations.get(key[1]) if article else None
    if edit is not None and edit.text is not None:
        words = read_words(key[1], edit.text)
    file = answers.library.sources.get(key)
    return Cell(
        key[1],
        "missing" if words is None else "approved" if words.approval else "draft",
        edit is not None and edit.text is not None,
        edit is not None and edit.is_behind(file),
        answers.is_recorded(*key) or (edit is not None and edit.is_recorded),
        wanted.get(key, 0),
    )
