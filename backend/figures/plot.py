"""Plots drawn on the server as SVG: bars, ranges, and one small plot a group over time.

Each is an image with a title and a description, every mark has its number in words beside it, and
what is not shown says so. Widths are percentages and heights are in ``em``: text keeps its size on
a narrow screen and grows with the reader's. Colours are the style sheet's. In a language written
from right to left the drawing is mirrored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

ROW_EM = 3.4  # a line of words, and the mark below it
WORDS_EM, MARK_EM, THICK_EM = 1.1, 1.6, 1.1
LONGEST, LONGEST_RANGE = 70, 55  # percent of the width; the rest is for the number
HIGH_EM, TOP_EM, FOOT_EM = 5.0, 1.4, 1.6  # of a plot over time
FILLED = 0.7  # of the width a column may have
FEW = 6  # columns that all have room for their numbers
NOT_SHOWN = "–"


@dataclass(frozen=True)
class Bar:
    """One group: from 0 to ``value``, None when it is not shown. ``words`` say the number."""

    name: str
    value: int | None
    words: str


@dataclass(frozen=True)
class Range:
    """One group: from ``low`` to ``high`` with a mark at ``middle``, None when not shown."""

    name: str
    days: tuple[int, int, int] | None
    words: str


@dataclass(frozen=True)
class Image:
    """What every plot is given: an id of the page, words for it, and which way it is read."""

    id: str
    title: str
    about: str
    rtl: bool = False

    def drawn(self, height: float, marks: Markup, kind: str) -> Markup:
        """The image with these marks, so many em high."""
        return Markup(
            '<svg class="plot {kind}" role="img" width="100%" height="{height:.2f}em"'
            ' aria-labelledby="{id}-title {id}-about">'
            '<title id="{id}-title">{title}</title><desc id="{id}-about">{about}</desc>'
            "{marks}</svg>"
        ).format(
            kind=kind, height=height, id=self.id, title=self.title, about=self.about, marks=marks
        )

    def box(self, kind: str, start: float, width: float, top: float, height: float) -> Markup:
        """A filled box; ``start`` and ``width`` in percent from where one begins to read."""
        left = 100 - start - width if self.rtl else start
        return Markup(
            '<rect class="{}" x="{:.2f}%" y="{:.2f}em" width="{:.2f}%" height="{:.2f}em"/>'
        ).format(kind, left, top, width, height)

    def words(self, text: str, at: float, base: float, anchor: str = "start") -> Markup:
        """Words on a base line; ``at`` in percent from where one begins to read."""
        return Markup('<text x="{:.2f}%" y="{:.2f}em" text-anchor="{}">{}</text>').format(
            100 - at if self.rtl else at, base, anchor, text
        )


def bars(image: Image, groups: Sequence[Bar], most: int) -> Markup:
    """Horizontal bars, the longest possible one ``most``."""
    marks = Markup()
    for number, bar in enumerate(groups):
        top, width = number * ROW_EM, _long(bar.value or 0, most)
        marks += image.words(bar.name, 0, top + WORDS_EM)
        marks += image.box("bar", 0, width, top + MARK_EM, THICK_EM)
        marks += image.words(bar.words, width + 1 if width else 0, top + MARK_EM + WORDS_EM - 0.2)
    return image.drawn(len(groups) * ROW_EM, marks, "across")


def ranges(image: Image, groups: Sequence[Range]) -> Markup:
    """Lines from a first to a third quarter, each with a mark at the median."""
    most = max((each.days[-1] for each in groups if each.days), default=0)
    marks = Markup()
    for number, each in enumerate(groups):
        top, end = number * ROW_EM, 0.0
        marks += image.words(each.name, 0, top + WORDS_EM)
        if each.days is not None:
            low, middle, end = (_long(day, most, LONGEST_RANGE) for day in each.days)
            marks += image.box("range", low, end - low, top + MARK_EM + 0.3, THICK_EM - 0.6)
            marks += image.box("bar", max(middle - 0.5, 0), 1, top + MARK_EM, THICK_EM)
            end = max(end, middle + 0.5) + 1
        marks += image.words(each.words, end, top + MARK_EM + WORDS_EM - 0.2)
    return image.drawn(len(groups) * ROW_EM, marks, "across")


def columns(
    image: Image, values: Sequence[int | None], ends: tuple[str, str], most: int
) -> Markup:
    """Columns over time, the highest possible one ``most``; ``ends`` name the first and last."""
    marks, wide = Markup(), 100 / max(len(values), 1)
    highest = max((value for value in values if value is not None), default=0)
    base = TOP_EM + HIGH_EM
    for number, value in enumerate(values):
        start, middle = number * wide + wide * (1 - FILLED) / 2, (number + 0.5) * wide
        if value is None:
            marks += image.words(NOT_SHOWN, middle, base - 0.3, "middle")
            continue
        height = HIGH_EM * value / most if most else 0
        marks += image.box("bar", start, wide * FILLED, base - height, height)
        if len(values) <= FEW or value == highest:
            marks += image.words(f"{value}", middle, base - height - 0.3, "middle")
            highest = value if len(values) <= FEW else highest + 1  # say it once
    marks += image.box("line", 0, 100, base, 0.08)
    marks += image.words(ends[0], 0, base + FOOT_EM - 0.3)
    if len(values) > 1:
        marks += image.words(ends[1], 100, base + FOOT_EM - 0.3, "end")
    return image.drawn(base + FOOT_EM, marks, "over-time")


def _long(value: int, most: int, longest: int = LONGEST) -> float:
    """How long a mark is, in percent of the width."""
    return longest * value / most if most else 0.0
