"""Articles edited here: rows laid over the files, changed one version after another.

A version is the number of the edition that the change has made, so that it never comes back.
Each process looks at the edition's number, and reads the articles again when it has grown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.models import ArticleEdit, Setting
from backend.work import Work

EDITION = "knowledge"
NO_VERSION = 0  # of a text that has not been edited here

State = Literal["draft", "approved"]

_COLUMNS = (
    ArticleEdit.slug,
    ArticleEdit.language,
    ArticleEdit.text,
    ArticleEdit.recording.is_not(None).label("is_recorded"),
    ArticleEdit.state,
    ArticleEdit.base,
    ArticleEdit.staff_id,
    ArticleEdit.changed_at,
    ArticleEdit.version,
)


class EditedMeanwhile(Exception):
    """Somebody else has changed it since the page was opened; ``now`` is how it is."""

    def __init__(self, now: Edit | None) -> None:
        super().__init__()
        self.now = now


@dataclass(frozen=True)
class Edit:
    """One text edited here; ``text`` is None where there is only a recording of the file's."""

    slug: str
    language: str
    text: str | None
    is_recorded: bool
    state: State
    base: str | None
    staff_id: str | None
    changed_at: datetime
    version: int

    def is_behind(self, file: str | None) -> bool:
        """Whether the file below has changed since this was laid over it."""
        return self.base != base_of(file)


def base_of(file: str | None) -> str | None:
    """A file's text in a few letters; None when there is none."""
    return None if file is None else hashlib.sha256(file.encode()).hexdigest()[:16]


def edition() -> Select[int]:
    """The query for the number of the present edition."""
    return select(Setting.value).where(Setting.name == EDITION)


async def edits(session: AsyncSession, slug: str | None = None) -> Mapping[tuple[str, str], Edit]:
    """Everything edited here, or what is of one article; recordings are not read."""
    query = select(*_COLUMNS)
    if slug is not None:
        query = query.where(ArticleEdit.slug == slug)
    rows = await session.execute(query)
    return {(row.slug, row.language): Edit(**row._asdict()) for row in rows}


async def recording(session: AsyncSession, slug: str, language: str) -> bytes | None:
    """An answer read aloud here."""
    return cast(
        "bytes | None",
        await session.scalar(
            select(ArticleEdit.recording).where(
                ArticleEdit.slug == slug, ArticleEdit.language == language
            )
        ),
    )


def sound_of(content: bytes) -> str:
    """The MIME type of a recording: as files have it, or as it is made in the console."""
    return "audio/ogg" if content.startswith(b"OggS") else "audio/mpeg"


@dataclass(frozen=True)
class Pencil:
    """Changes one text, in somebody's name. ``file`` is the text below, None when there is none.

    ``seen`` is the version that the page showed; each method raises EditedMeanwhile when it is
    another one by now.
    """

    work: Work
    staff: str
    slug: str
    language: str
    file: str | None
    seen: int

    async def write(self, text: str, state: State, *, keeps_recording: bool = False) -> int:
        """Lay a text over the file; its version. A recording of other words does not stay."""
        values: dict[str, Any] = {"text": text, "state": state, "base": base_of(self.file)}
        if not keeps_recording:
            values["recording"] = None
        return await self._put(values, state)

    async def record(self, content: bytes | None) -> int:
        """Keep the answer read aloud, or nothing in its place; the version."""
        values: dict[str, Any] = {"recording": content}
        if self.seen == NO_VERSION:
            values["base"] = base_of(self.file)
        return await self._put(values, "recorded" if content else "silent")

    async def withdraw(self) -> None:
        """Back to the file; where there is none, the text is gone."""
        session = await self.work.writing()
        await _next_edition(session)
        gone = await session.scalar(
            delete(ArticleEdit).where(*self._mine()).returning(ArticleEdit.version)
        )
        if gone is None:
            raise EditedMeanwhile(await self._now(session))
        self.work.note("article", self._name, "withdrawn", version=gone)

    async def _put(self, values: Mapping[str, Any], action: str) -> int:
        session = await self.work.writing()
        version = await _next_edition(session)
        values = {
            **values,
            "staff_id": self.staff,
            "changed_at": self.work.clock.now(),
            "version": version,
        }
        if self.seen == NO_VERSION:
            key = {"slug": self.slug, "language": self.language}
            row = insertion(session, ArticleEdit).values({**key, **values})
            row = row.on_conflict_do_nothing(index_elements=["slug", "language"])
            put = await session.scalar(row.returning(ArticleEdit.version))
        else:
            change = update(ArticleEdit).where(*self._mine()).values(values)
            put = await session.scalar(change.returning(ArticleEdit.version))
        if put is None:
            raise EditedMeanwhile(await self._now(session))
        self.work.note("article", self._name, action, version=version)
        return version

    def _mine(self) -> tuple[Any, ...]:
        return (
            ArticleEdit.slug == self.slug,
            ArticleEdit.language == self.language,
            ArticleEdit.version == self.seen,
        )

    async def _now(self, session: AsyncSession) -> Edit | None:
        return (await edits(session, self.slug)).get((self.slug, self.language))

    @property
    def _name(self) -> str:
        return f"{self.slug}/{self.language or 'facts'}"


def overlay_of(found: Sequence[Edit]) -> dict[tuple[str, str], str]:
    """The texts to be laid over the files."""
    return {(edit.slug, edit.language): edit.text for edit in found if edit.text is not None}


async def _next_edition(session: AsyncSession) -> int:
    """Say that articles have changed; every process reads them again."""
    number = await session.scalar(
        insertion(session, Setting)
        .values(name=EDITION, value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Setting.value + 1})
        .returning(Setting.value)
    )
    return number or 1
