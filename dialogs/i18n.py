"""Languages and their catalogues: which exist, what phones call them, and each text in them."""

from __future__ import annotations

import gettext
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from dialogs.text import Text


@dataclass(frozen=True)
class Language:
    """One row of ``languages.toml``."""

    code: str
    name: str
    english: str
    choose: str
    html: str
    direction: Literal["ltr", "rtl"]
    aliases: tuple[str, ...]
    fallback: tuple[str, ...]
    published: bool
    source: bool


class Languages:
    """The languages people can choose, and how to recognise one."""

    def __init__(self, rows: Iterable[Language]) -> None:
        self.by_code: Mapping[str, Language] = {row.code: row for row in rows}
        self.published = tuple(row for row in self.by_code.values() if row.published)

    @classmethod
    def load(cls, path: Path) -> Languages:
        """Read ``languages.toml``."""
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(_language(code, row) for code, row in rows.items())

    def __getitem__(self, code: str) -> Language:
        return self.by_code[code]

    def recognise(self, hint: str | None) -> str | None:
        """The published language that a phone, a browser or a person means, or None."""
        if not hint:
            return None
        wanted = hint.strip().casefold().replace("_", "-")
        for language in self.published:
            names = (language.code.replace("_", "-"), language.html, *language.aliases)
            if wanted in {name.casefold() for name in names}:
                return language.code
        base = wanted.partition("-")[0]
        return base if base in {language.code for language in self.published} else None

    def named(self, text: str) -> str | None:
        """The published language whose own or English name this is, or None."""
        wanted = text.strip().casefold()
        for language in self.published:
            if wanted in {language.name.casefold(), language.english.casefold()}:
                return language.code
        return None

    def chain(self, code: str) -> tuple[str, ...]:
        """Languages to try for an operator's text, best first; Swedish is always among them."""
        return tuple(dict.fromkeys((code, *self[code].fallback, "sv")))


class Catalogue:
    """Every text in every language, read once from ``.po`` files."""

    def __init__(
        self, languages: Languages, tables: Mapping[str, Table], collected: Iterable[str] = ()
    ) -> None:
        self.languages = languages
        self._tables = tables
        translated = (msgid for table in tables.values() for msgid in table.strings)
        self._known = frozenset((*collected, *translated))

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Read ``languages.toml``, ``messages.pot`` and each language's catalogue."""
        languages = Languages.load(folder / "languages.toml")
        tables = {}
        for language in languages.by_code.values():
            path = folder / language.code / "LC_MESSAGES" / "messages.po"
            if path.exists():
                with path.open("rb") as file:
                    tables[language.code] = Table.of(read_po(file, locale=language.code))
        with (folder / "messages.pot").open("rb") as file:
            collected = Table.of(read_po(file)).strings
        return cls(languages, tables, collected)

    def knows(self, msgid: str) -> bool:
        """Whether a stored msgid is still in a catalogue (obsolete ones are kept)."""
        return msgid in self._known

    def has(self, msgid: str, language: str) -> bool:
        """Whether a msgid is translated into a language."""
        table = self._tables.get(language)
        return table is not None and bool(table.find(msgid, 1))

    def msgids(self) -> frozenset[str]:
        """Every msgid there is."""
        return self._known

    def translate(self, text: Text, language: str) -> str:
        """The pattern for a text in a language, its placeholders still in it."""
        table = self._tables.get(language)
        number = text.named.get("n") if text.plural else None
        count = number if isinstance(number, int) else 1
        if table is not None:
            found = table.find(text.msgid, count)
            if found:
                return found
        return text.plural if text.plural and count != 1 else text.msgid


@dataclass(frozen=True)
class Table:
    """One language's strings; a plural has several, chosen by ``form``."""

    strings: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]

    @classmethod
    def of(cls, catalog: Catalog) -> Table:
        """From a parsed ``.po``; obsolete entries stay, fuzzy ones do not count as translated."""
        strings: dict[str, tuple[str, ...]] = {}
        messages = [*catalog.obsolete.values(), *catalog]
        for message in messages:
            if not message.id or message.fuzzy:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            strings[key] = (
                (message.string,) if isinstance(message.string, str) else tuple(message.string)
            )
        return cls(strings, gettext.c2py(catalog.plural_expr))

    def find(self, msgid: str, count: int) -> str | None:
        """The string for a msgid and a number, or None when it is not translated."""
        forms = self.strings.get(msgid)
        if not forms:
            return None
        return forms[self.form(count)] if len(forms) > 1 else forms[0]


def _language(code: str, row: Mapping[str, object]) -> Language:
    def text(key: str) -> str:
        return str(row[key])

    def texts(key: str) -> tuple[str, ...]:
        value = row.get(key, ())
        return tuple(str(item) for item in value) if isinstance(value, list) else ()

    return Language(
        code=code,
        name=text("name"),
        english=text("english"),
        choose=text("choose"),
        html=text("html"),
        direction="rtl" if row["direction"] == "rtl" else "ltr",
        aliases=texts("aliases"),
        fallback=texts("fallback"),
        published=bool(row.get("published", False)),
        source=bool(row.get("source", False)),
    )
