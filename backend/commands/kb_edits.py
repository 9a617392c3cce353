"""``ingang kb export`` and ``import``: editors' texts as files, translators' as a table."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from backend.commands.failure import CommandFailed
from backend.commands.prepared import prepared
from backend.commands.types import Commands
from backend.runtime import LOCALES, Runtime, article_folders, load_library
from backend.services import article_files, article_tables, editing
from backend.services.article_tables import Brought, Incoming, NotATable
from backend.services.editing import NO_VERSION, EditedMeanwhile, Pencil
from backend.services.walltime import local_day
from backend.settings import Settings
from backend.work import Work
from dialogs.i18n import Languages
from knowledge.check import Remark, check
from knowledge.flaw import Flaw
from knowledge.library import Library
from knowledge.reading import WORDS, parse_translation

SWEDISH = "sv"
NOBODY = "translators"  # whose the texts of a table are, in the rows laid over the files


def add_to(what: Commands) -> None:
    """Register the commands."""
    export = what.add_parser(
        "export", help="editors' texts as files, texts as a table, or articles as JSON lines"
    )
    export.add_argument("folder", nargs="?", type=Path, help="where to write editors' texts")
    export.add_argument("--csv", type=Path, help="a table of all texts, for translators")
    export.add_argument("--lang", action="append", help="a language; give it several times")
    export.set_defaults(run=_export)
    bring = what.add_parser("import", help="a translators' table, as drafts")
    bring.add_argument("file", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="only say what is wrong")
    bring.set_defaults(run=_import)


def _export(settings: Settings, chosen: argparse.Namespace) -> int:
    if chosen.folder is None and chosen.csv is None:
        languages = Languages.load(LOCALES / "languages.toml")
        return _print_lines(load_library(article_folders(settings), languages), chosen.lang)
    if chosen.folder is not None:
        asyncio.run(_write_files(settings, chosen.folder))
    if chosen.csv is not None:
        chosen.csv.write_bytes(asyncio.run(_table(settings, chosen.lang)))
        print(chosen.csv)
    return 0


def _import(settings: Settings, chosen: argparse.Namespace) -> int:
    try:
        content = chosen.file.read_bytes()
    except OSError as error:
        message = f"{chosen.file}: cannot be read ({type(error).__name__})"
        raise CommandFailed(message) from error
    return asyncio.run(_bring_in(settings, chosen.file, content, dry=chosen.dry_run))


def _print_lines(library: Library, chosen: Sequence[str] | None) -> int:
    languages = _known(library, chosen or (SWEDISH,))
    for document in library.documents():
        if document.language in languages:
            print(json.dumps(asdict(document), ensure_ascii=False))
    return 0


async def _write_files(settings: Settings, folder: Path) -> None:
    async with (
        prepared(settings, channels={}) as runtime,
        runtime.database.reading() as session,
    ):
        for path in await article_files.write(session, folder):
            print(path)


async def _table(settings: Settings, chosen: Sequence[str] | None) -> bytes:
    async with prepared(settings, channels={}) as runtime:
        library = runtime.answers.library
        return article_tables.write(library, _known(library, chosen or library.languages))


def _known(library: Library, chosen: Sequence[str]) -> Sequence[str]:
    """Languages, each once. Raises CommandFailed for one that there is not."""
    for language in chosen:
        if language not in library.languages:
            message = f"{language}: there is no such language; {', '.join(library.languages)}"
            raise CommandFailed(message)
    return list(dict.fromkeys(chosen))


async def _bring_in(settings: Settings, file: Path, content: bytes, *, dry: bool) -> int:
    async with prepared(settings, channels={}) as runtime:
        try:
            text = article_tables.as_csv_text(content)
            brought = article_tables.read(text, runtime.answers.library)
        except NotATable as error:
            message = f"{file}: {error}"
            raise CommandFailed(message) from error
        for fault in brought.faults:
            print(f"{file}:{fault.line}: error: {fault.what}")
        for incoming in brought.texts:
            for remark in _remarks(runtime, incoming):
                print(f"{file}:{incoming.line}: {remark.severity}: {remark.what}")
        kept = 0 if dry else await _keep(runtime, file, brought)
    done = f"{len(brought.texts)} would be kept" if dry else f"{kept} kept as drafts"
    print(f"{done}, {brought.same} as they were, {len(brought.faults)} errors")
    return 1 if brought.faults else 0


async def _keep(runtime: Runtime, file: Path, brought: Brought) -> int:
    """Each text in a transaction of its own; how many went in."""
    kept = 0
    sources = runtime.answers.library.sources
    for each in brought.texts:
        key = each.slug, each.language
        async with runtime.database.reading() as session:
            now = (await editing.edits(session, each.slug)).get(key)
        seen = now.version if now else NO_VERSION
        try:
            async with Work.begin(runtime.database, runtime.clock, "system") as work:
                pencil = Pencil(work, NOBODY, *key, sources.get(key), seen)
                same = _says_the_same((now.text if now else None) or pencil.file, each)
                await pencil.write(each.source, "draft", keeps_recording=same)
        except EditedMeanwhile:
            print(f"{file}:{each.line}: error: somebody is changing it just now; try again")
        else:
            kept += 1
    return kept


def _says_the_same(before: str | None, incoming: Incoming) -> bool:
    """Whether a recording of the text before is one of the new text too."""
    try:
        words = parse_translation(incoming.language, before or "")
    except Flaw:
        return False
    return words.digest == parse_translation(incoming.language, incoming.source).digest


def _remarks(runtime: Runtime, incoming: Incoming) -> Sequence[Remark]:
    """What an editor should look at in a new text, beside the Swedish."""
    article = runtime.answers.library.article(incoming.slug)
    if article is None:
        return ()
    swedish = article.translations.get(SWEDISH)
    new = parse_translation(incoming.language, incoming.source)
    texts = {words.language: words for words in (swedish, new) if words is not None}
    alone = replace(article, translations=texts, related=())
    key = incoming.slug, incoming.language
    library = Library((alone,), tuple(texts), overlay={key: incoming.source})
    found = check(library, local_day(runtime.clock.now()))
    return [remark for remark in found if remark.path.name == incoming.language + WORDS]
