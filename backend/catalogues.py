"""Catalogues of texts: collect msgids from the code, update each language, find what is missing.

Obsolete msgids stay in the catalogues: messages stored long ago still carry them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from dialogs.i18n import Languages
from knowledge.markup import BadMarkup, parse

PACKAGES = ("bot", "backend", "dialogs")
METHODS = [("**/migrations/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "n_": (1, 2)}
PLACEHOLDER = re.compile(r"\{\w+(?::\w+)?\}")
WIDTH = 99
HEADER = "# Texts of Ingång. MIT License.\n"


def collect(repository: Path) -> Catalog:
    """Every msgid in the code and the templates, in order."""
    template = Catalog(charset="utf-8", header_comment=HEADER)
    found: dict[str, tuple[str | tuple[str, str], set[str]]] = {}
    for package in PACKAGES:
        for filename, _line, message, _notes, _context in extract_from_dir(
            repository / package, METHODS, keywords=KEYWORDS
        ):
            msgid = message if isinstance(message, str) else (message[0], message[1])
            key = msgid if isinstance(msgid, str) else msgid[0]
            known = found.setdefault(key, (msgid, set()))
            if isinstance(msgid, tuple) and isinstance(known[0], str):
                found[key] = (msgid, known[1])
            found[key][1].add(f"{package}/{Path(filename).as_posix()}")
    for key in sorted(found):
        msgid, places = found[key]
        template.add(msgid, locations=[(place, 0) for place in sorted(places)])
    return template


def update(repository: Path) -> None:
    """Write ``messages.pot`` and bring every language's catalogue up to date."""
    locales = repository / "locales"
    template = collect(repository)
    (locales / "messages.pot").write_bytes(_written(template))
    for language in Languages.load(locales / "languages.toml").by_code.values():
        if language.source:
            continue
        path = locales / language.code / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = _read(path, language.code)
        catalog.update(template, no_fuzzy_matching=True, update_header_comment=True)
        _forget_the_useless(catalog)
        path.write_bytes(_written(catalog))


def _forget_the_useless(catalog: Catalog) -> None:
    """Old texts are kept for old messages; not those without words, or those in use again."""
    live = {str(_first(message)) for message in catalog}
    for key, message in list(catalog.obsolete.items()):
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if not all(words) or str(_first(message)) in live:
            del catalog.obsolete[key]


def _first(message: Message) -> object:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def problems(repository: Path) -> Iterator[str]:
    """Everything that keeps a language from being complete, as "file: what"."""
    locales = repository / "locales"
    pot = locales / "messages.pot"
    if not pot.exists() or pot.read_bytes() != _written(collect(repository)):
        yield f"{pot.relative_to(repository)}: is not what the code says; run make i18n"
    for language in Languages.load(locales / "languages.toml").published:
        if language.source:
            continue
        path = locales / language.code / "LC_MESSAGES" / "messages.po"
        for message in _read(path, language.code):
            if message.id:
                for what in _faults(message, path):
                    yield f"{path.relative_to(repository)}: {what}"


def _faults(message: Message, path: Path) -> Iterator[str]:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    given_as = message.string
    strings = tuple(given_as) if isinstance(given_as, tuple | list) else (given_as or "",)
    name = repr(ids[0])
    if not all(strings):
        yield f"{name} is not translated"
        return
    if message.fuzzy:
        yield f"{name} is marked as uncertain"
    wanted = {place for msgid in ids for place in PLACEHOLDER.findall(msgid)}
    for string in strings:
        given = set(PLACEHOLDER.findall(string))
        # One form of a plural may leave the number out: "one seat".
        if given - wanted or (wanted - given and len(ids) == 1):
            yield f"{name} has other placeholders: {string!r}"
        try:
            parse(string)
        except BadMarkup as error:
            yield f"{name} has broken markup: {error}"


def _read(path: Path, code: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=code, charset="utf-8", header_comment=HEADER)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def _written(catalog: Catalog) -> bytes:
    """The file without dates or line numbers, so that it changes only when texts do."""
    out = io.BytesIO()
    write_po(out, catalog, width=WIDTH, omit_header=False, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator')
    return "".join(line for line in lines if not line.startswith(dated)).encode()
