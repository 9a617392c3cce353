"""Pages from templates: escaped by default, in the reader's language."""

from __future__ import annotations

from functools import cache, partial
from http import HTTPStatus
from pathlib import Path

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.runtime import Runtime
from dialogs.text import Text


class Templates:
    """The templates of one folder. Each gets ``language`` and ``_``: msgid to words in it."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        self.runtime = runtime
        self.environment = _environment(folder)

    def page(
        self, name: str, language: str, status: int = HTTPStatus.OK, **given: object
    ) -> Response:
        """A rendered page in a language."""
        row = self.runtime.texts.languages[language]
        html = self.environment.get_template(name).render(
            language=row, _=partial(self._words, language), **given
        )
        return Response(
            html, status, {"Content-Language": row.html}, media_type="text/html; charset=utf-8"
        )

    def _words(self, language: str, msgid: str) -> str:
        return self.runtime.renderer.plain(Text(msgid), language)


@cache
def _environment(folder: Path) -> Environment:
    """Templates are compiled once, however many programs show them."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
