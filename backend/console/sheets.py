"""Figures in words: each a table with its plot, as it is shown and as it is downloaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from backend.console.pages import language_name
from backend.figures.counting import By
from backend.figures.plot import Image
from backend.figures.tables import TOTAL
from backend.services.catalogue import Catalogue
from dialogs.i18n import Language, Languages
from dialogs.render import Renderer
from dialogs.text import Text, _


@dataclass(frozen=True)
class Row:
    """A group and its numbers; None is a number that is not shown."""

    name: str
    numbers: tuple[int | str | None, ...]
    is_total: bool = False


@dataclass(frozen=True)
class Drawing:
    """A plot, and a heading when there are several."""

    image: Markup
    caption: str = ""


@dataclass(frozen=True)
class Sheet:
    """One figure. ``name`` is what it is called in addresses."""

    name: str
    title: str
    about: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True)
class Wording:
    """Words in the reader's language, and the names of what is counted by."""

    renderer: Renderer
    language: Language
    catalogue: Catalogue
    languages: Languages

    @property
    def hidden(self) -> str:
        """What stands for a number of few people."""
        return self.say(_("not shown"))

    def say(self, text: Text) -> str:
        """A text in words."""
        return self.renderer.plain(text, self.language.code)

    def name(self, by: By, group: str) -> str:
        """What a group is called."""
        if group == TOTAL:
            return self.say(_("All together"))
        if not group:
            return self.say(_("Unknown") if by == "language" else _("No place yet"))
        match by:
            case "service":
                label = self.catalogue.services[group].service.name
                return self.renderer.label(label, self.language.code)
            case "unit":
                return self.catalogue.units[group].name
            case "language":
                return language_name(self.language.code, group)

    def in_order(self, by: By, groups: Iterable[str]) -> list[str]:
        """Groups in the order in which they are known; what has no name comes last."""
        known: Mapping[By, Iterable[str]] = {
            "service": self.catalogue.services,
            "unit": self.catalogue.units,
            "language": self.languages.by_code,
        }
        order = {group: number for number, group in enumerate(known[by])}
        return sorted(groups, key=lambda group: (order.get(group, len(order)), group))

    def image(self, name: str, title: str, about: str) -> Image:
        """A plot's frame."""
        return Image(name, title, about, rtl=self.language.direction == "rtl")

    def row(self, by: By, group: str, numbers: Iterable[int | str | None]) -> Row:
        """A row of a table."""
        return Row(self.name(by, group), tuple(numbers), is_total=group == TOTAL)

    def cells(self, row: Row) -> list[str | int]:
        """A row as it is downloaded."""
        return [row.name, *(self.hidden if cell is None else cell for cell in row.numbers)]
