"""Feedback in words: whether answers helped, and how talks were, by language and by topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backend.console.articles.facts import TOPIC_WORDS
from backend.console.pages import language_name
from backend.console.sheets import Drawing, Row, Sheet, Wording
from backend.figures import feedback, plot
from backend.figures.counting import share
from backend.figures.feedback import Face, Kind, Thumb
from backend.figures.plot import Bar
from backend.figures.tables import TOTAL, Table
from dialogs.text import Text, _

PERCENT = 100

KIND_WORDS: Mapping[Kind, Text] = {"language": _("Language"), "topic": _("Topic")}
HELPED_WORDS: Mapping[str, Text] = {
    "rated": _("Rated"),
    "helped": _("Helped"),
    "not_helped": _("Did not help"),
}
FACE_WORDS: Mapping[str, Text] = {
    "rated": _("Rated"),
    "good": _("Good"),
    "middling": _("In between"),
    "bad": _("Not good"),
}
HELPED_TITLES: Mapping[Kind, Text] = {
    "language": _("Did the answer help? By language"),
    "topic": _("Did the answer help? By topic"),
}
FACE_TITLES: Mapping[Kind, Text] = {
    "language": _("How was the talk? By language"),
    "topic": _("How was the talk? By topic"),
}


def sheets(wording: Wording, thumbs: Sequence[Thumb], faces: Sequence[Face]) -> Iterator[Sheet]:
    """Four tables, each with its plot."""
    rated, talked = feedback.thumbs(thumbs), feedback.faces(faces)
    helped = _(
        "Each answer that somebody has rated counts once. The bar is the share that helped."
    )
    good = _("Each talk that somebody has rated counts once. The bar is the share that was good.")
    for kind, title in HELPED_TITLES.items():
        named = "helped", title, helped
        yield _sheet(wording, kind, named, rated[kind], HELPED_WORDS, "helped")
    for kind, title in FACE_TITLES.items():
        named = "faces", title, good
        yield _sheet(wording, kind, named, talked[kind], FACE_WORDS, "good")


def _sheet(
    wording: Wording,
    kind: Kind,
    named: tuple[str, Text, Text],
    table: Table,
    measures: Mapping[str, Text],
    best: str,
) -> Sheet:
    say = wording.say
    name, title, about = f"{named[0]}-{kind}", say(named[1]), say(named[2])
    rows, bars = [], []
    for group in (*_in_order(wording, kind, table), TOTAL) if table.groups else ():
        words = _name(wording, kind, group)
        numbers = tuple(table.number(group, measure) for measure in measures)
        rows.append(Row(words, numbers, is_total=group == TOTAL))
        percent = share(table.number(group, best), table.number(group, "rated"))
        shown = wording.hidden if percent is None else say(_("{n:number} %", n=percent))
        bars.append(Bar(words, percent, shown))
    image = plot.bars(wording.image(f"{name}-plot", title, about), bars, PERCENT)
    head = tuple(say(text) for text in (KIND_WORDS[kind], *measures.values()))
    return Sheet(name, title, about, head, tuple(rows), (Drawing(image),))


def _in_order(wording: Wording, kind: Kind, table: Table) -> Sequence[str]:
    if kind == "language":
        return wording.in_order("language", table.groups)
    known = list(TOPIC_WORDS)
    return sorted(
        table.groups, key=lambda each: known.index(each) if each in known else len(known)
    )


def _name(wording: Wording, kind: Kind, group: str) -> str:
    if group == TOTAL:
        return wording.say(_("All together"))
    if kind == "topic" and group in TOPIC_WORDS:
        return wording.say(TOPIC_WORDS[group])
    if kind == "language" and group:
        return language_name(wording.language.code, group)
    return wording.say(_("Unknown"))
