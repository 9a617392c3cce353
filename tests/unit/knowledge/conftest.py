"""Article folders to read, written for each test."""

from pathlib import Path

import pytest

FACTS = """\
owner = "Skatteverket"
topic = "papers"
audience = ["everyone"]
icon = "id"
review_by = 2027-05-21
related = []
services = ["coaching"]

[[sources]]
publisher = "Skatteverket"
title = "Flytta till Sverige"
url = "https://www.skatteverket.se/flytta"
read = 2026-11-20

[[sources]]
publisher = "Regeringskansliet"
title = "Fakta"
url = "https://www.regeringen.se/fakta"
read = 2026-11-19
dated = 2020-01-31
"""

WORDS = """\
+++
title = "Personnummer"
questions = ["Hur får jag ett nummer?", "fyra sista", "nummer var", "pnr", "personnumer"]
keywords = ["personnr"]
status = "draft"
+++
Ett **personnummer** är ditt eget nummer.

1. Säg till [Skatteverket](https://www.skatteverket.se).
2. Visa vem du är.

## Innan du har numret

Det kan ta tid.

- Vänta på svar.
"""


class Desk:
    """Somebody who writes articles into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> Path:
        """Write one file, ``slug/sv.md`` or any other."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def article(self, slug: str, facts: str = FACTS, **texts: str) -> None:
        """Write a whole article; in Swedish, if nothing else is said."""
        self.write(f"{slug}/article.toml", facts)
        for language, text in (texts or {"sv": WORDS}).items():
            self.write(f"{slug}/{language}.md", text)


@pytest.fixture
def facts():
    """An article.toml in order."""
    return FACTS


@pytest.fixture
def words():
    """An sv.md in order."""
    return WORDS


@pytest.fixture
def desk(tmp_path):
    """The folder of shipped articles."""
    return Desk(tmp_path / "shipped")


@pytest.fixture
def operator(tmp_path):
    """The folder an operator lays over it."""
    return Desk(tmp_path / "operator")
