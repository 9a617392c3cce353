"""Text that stays untranslated until someone reads it.

``_("Meet {coach} on {at:moment}?", coach=name, at=instant)`` marks a msgid for translation and
returns a frozen ``Text``. Values keep their type, so each language formats them its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeAlias


@dataclass(frozen=True)
class Words:
    """An operator's text in several languages, such as a service's name in the site file."""

    by_language: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Words:
        """From ``{language: text}``; the first one is the fallback of last resort."""
        return cls(tuple(texts.items()))

    def in_language(self, languages: tuple[str, ...]) -> str:
        """The text in the first of ``languages`` that has one."""
        texts = dict(self.by_language)
        for language in languages:
            if language in texts:
                return texts[language]
        return self.by_language[0][1]


@dataclass(frozen=True)
class Web:
    """A link shown inside a text; ``url`` is https:, tel: or mailto:."""

    text: str
    url: str


# What a text may hold. A datetime is an aware instant, shown as {at:moment} or {at:time};
# a date is shown as {day:day}; an int as {n:number}; a str is a name and is never translated.
Value: TypeAlias = "str | int | date | datetime | Web | Words | Text"


@dataclass(frozen=True)
class Text:
    """A msgid and the values for its placeholders. ``plural`` is chosen by the value ``n``."""

    msgid: str
    values: tuple[tuple[str, Value], ...] = ()
    plural: str | None = None

    @property
    def named(self) -> Mapping[str, Value]:
        """The values by placeholder name."""
        return MappingProxyType(dict(self.values))


def _(msgid: str, /, **values: Value) -> Text:
    """Mark a text for translation and keep its values."""
    return Text(msgid, tuple(values.items()))


def n_(singular: str, plural: str, /, n: int, **values: Value) -> Text:
    """Mark a text that depends on the number ``n``."""
    return Text(singular, (("n", n), *values.items()), plural)
