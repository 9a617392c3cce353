"""Editors' texts go out as files and translators' come in, from the command line."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import av
import pytest
from av.audio.frame import AudioFrame

from backend.cli import main
from backend.commands.prepared import prepared
from backend.runtime import Runtime
from backend.services import editing
from backend.services.article_files import as_ogg
from backend.services.editing import NO_VERSION, Edit, Pencil
from backend.settings import Settings
from backend.work import Work
from knowledge.library import Library
from tests.integration.newsroom import FewArticles

SLUG = "library-card"
NEW = "Kaarka maktabadda"
T = TypeVar("T")
Said = tuple[int, str, str]


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    few_articles: FewArticles,
) -> Callable[[str], Said]:
    """Type a command; its exit code, and what it said on each of the two outputs."""
    monkeypatch.setenv("INGANG_VAR_DIR", str(tmp_path / "var"))
    few_articles.stand_in(monkeypatch)

    def typed(line: str) -> Said:
        code = main(line.split())
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


def inside(work: Callable[[Runtime], Awaitable[T]]) -> T:
    """Do something in the program that the commands are for."""

    async def opened() -> T:
        async with prepared(Settings(), channels={}) as runtime:
            return await work(runtime)

    return asyncio.run(opened())


async def edited(runtime: Runtime) -> dict[tuple[str, str], Edit]:
    async with runtime.database.reading() as session:
        return dict(await editing.edits(session))


def table(folder: Path, **changed: str) -> Path:
    """The Somali of one article, as a translator would send it back."""
    rows = list(csv.DictReader(io.StringIO((folder / "out.csv").read_text("utf-8-sig"))))
    for row in rows:
        if row["slug"] == SLUG:
            row["text"] = changed.get(row["field"], row["text"])
    path = folder / "back.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_table_goes_out_and_comes_back_as_drafts(
    run: Callable[[str], Said], tmp_path: Path
) -> None:
    run(f"kb export --csv {tmp_path / 'out.csv'} --lang so")
    back = table(tmp_path, title=NEW)
    code, said, _ = run(f"kb import {back} --dry-run")
    assert (code, "1 would be kept" in said) == (0, True)
    assert inside(edited) == {}
    code, said, _ = run(f"kb import {back}")
    assert (code, "1 kept as drafts, 1 as they were, 0 errors" in said) == (0, True)
    ((key, edit),) = inside(edited).items()
    assert (key, edit.state) == ((SLUG, "so"), "draft")
    code, said, _ = run(f"kb import {back}")
    assert "0 kept as drafts, 2 as they were" in said


@pytest.mark.parametrize(("changed", "stays"), [("keywords", True), ("title", False)])
def test_a_recording_stays_as_long_as_the_words_do(
    run: Callable[[str], Said], tmp_path: Path, changed: str, stays: bool
) -> None:
    run(f"kb export --csv {tmp_path / 'out.csv'} --lang so")

    async def read_aloud(runtime: Runtime) -> None:
        file = runtime.answers.library.sources[SLUG, "so"]
        async with Work.begin(runtime.database, runtime.clock, "staff:e") as work:
            await Pencil(work, "e", SLUG, "so", file, NO_VERSION).record(b"OggS")

    inside(read_aloud)
    _, said, _ = run(f"kb import {table(tmp_path, **{changed: NEW})}")
    assert "1 kept as drafts" in said
    assert inside(edited)[SLUG, "so"].is_recorded == stays


def test_what_cannot_be_kept_is_listed_by_line_and_the_rest_goes_in(
    run: Callable[[str], Said], tmp_path: Path
) -> None:
    run(f"kb export --csv {tmp_path / 'out.csv'} --lang so")
    back = table(tmp_path, title=NEW)
    with back.open("a", encoding="utf-8") as file:
        file.write("nowhere;so;title;;x\n")
    code, said, _ = run(f"kb import {back}")
    assert code == 1
    assert "error: there is no article 'nowhere'" in said
    assert f"{back}:" in said
    assert "1 kept as drafts" in said


def test_numbers_that_differ_from_the_swedish_are_remarked(
    run: Callable[[str], Said], tmp_path: Path
) -> None:
    run(f"kb export --csv {tmp_path / 'out.csv'} --lang so")
    back = table(tmp_path, body="Haa, 77 goor.")
    _, said, _ = run(f"kb import {back} --dry-run")
    assert "numbers differ from sv" in said


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a;b\n1;2\n"])
def test_a_file_that_is_no_table_is_refused(
    run: Callable[[str], Said], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    code, _, said = run(f"kb import {path}")
    assert (code, str(path) in said) == (1, True)


def test_an_unknown_language_is_said_so(run: Callable[[str], Said], tmp_path: Path) -> None:
    code, _, said = run(f"kb export --csv {tmp_path / 'out.csv'} --lang tlh")
    assert (code, "tlh" in said) == (1, True)


def test_what_is_written_out_is_the_same_article_when_it_is_read_as_files(
    run: Callable[[str], Said], tmp_path: Path, few_articles: FewArticles
) -> None:
    run(f"kb export --csv {tmp_path / 'out.csv'} --lang so")
    run(f"kb import {table(tmp_path, title=NEW)}")

    async def read_aloud(runtime: Runtime) -> Library:
        source = runtime.answers.library.sources[SLUG, ""]
        async with Work.begin(runtime.database, runtime.clock, "staff:e") as work:
            facts = Pencil(work, "e", SLUG, "", source, NO_VERSION)
            await facts.write(source.replace("review_by = 20", "review_by = 21"), "draft")
            swedish = Pencil(work, "e", SLUG, "sv", None, NO_VERSION)
            await swedish.record(mp3())
        await runtime.refresh_articles()
        return runtime.answers.library

    laid_over = inside(read_aloud)
    code, said, _ = run(f"kb export {tmp_path / 'git'}")
    assert code == 0
    assert [Path(line).name for line in said.split()] == ["article.toml", "so.md", "sv.ogg"]
    folders = [*few_articles.folders, tmp_path / "git"]
    from_files = Library.load(folders, laid_over.languages)
    assert from_files.article(SLUG) == laid_over.article(SLUG)
    recording = from_files.recording(SLUG, "sv")
    assert recording is not None
    with av.open(str(recording)) as heard:
        assert heard.streams.audio[0].codec_context.name in ("opus", "libopus")


def test_a_recording_in_the_form_of_files_stays_as_it_is() -> None:
    assert as_ogg(b"OggS...") == b"OggS..."


def mp3() -> bytes:
    """Half a second of silence."""
    made = io.BytesIO()
    with av.open(made, "w", "mp3") as file:
        stream = file.add_stream("libmp3lame", rate=24_000)
        stream.layout = "mono"
        for _number in range(20):
            frame = AudioFrame("s16p", "mono", 576)
            frame.sample_rate = 24_000
            frame.planes[0].update(bytes(frame.planes[0].buffer_size))
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return made.getvalue()
