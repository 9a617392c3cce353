"""Every prepared message with its blanks filled in, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import get_type_hints

from backend.services.catalogue import Coach
from backend.services.prepared import (
    AUTHORITIES,
    INTERPRETED,
    PREPARED,
    Authority,
    Interpreted,
    Minutes,
    Prepared,
    Room,
    Things,
)
from dialogs.ports import Unit
from dialogs.text import Words
from knowledge.article import Article

AT = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
DAY = date(2026, 11, 24)


def everything(article: Article, languages: tuple[str, ...]) -> dict[str, Prepared]:
    """By name; the unit's door is described in all of these languages."""
    door = Words.of({code: f"Port B ({code})" for code in languages})
    blanks: Mapping[type, object] = {
        date: DAY,
        datetime: AT,
        Unit: Unit("centre", "Etableringscentrum", "Medborgarplatsen 25", door),
        Coach: Coach("bo", "Bo Ek", ("sv",), frozenset(), (), {}),
        Article: article,
        Things: Things(("id", "letter")),
        Minutes: Minutes(21),
        Room: Room("Sal 3 (plan 2)"),
        Authority: AUTHORITIES["region"],
        Interpreted: INTERPRETED["fa_AF"],
    }
    found = {}
    for name, kind in PREPARED.items():
        make: Callable[..., Prepared] = kind
        hints = get_type_hints(kind)
        found[name] = make(**{each.name: blanks[hints[each.name]] for each in fields(kind)})
    return found
