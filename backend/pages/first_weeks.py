"""The first weeks as a sheet to print: each step in the reader's language and in Swedish.

The same for everybody who came that way; it holds nothing about anyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request, Response

from backend.answers import Answers
from backend.api.languages import page_language
from backend.api.problems import Problem, detail_of
from backend.api.state import RuntimeOf
from backend.api.templates import Templates
from backend.pages.routes import qr_code
from backend.runtime import FIRST_WEEKS, Runtime
from dialogs.flows.first_weeks import PATHS
from dialogs.render import TWIN_LANGUAGE
from knowledge.article import Translation
from knowledge.first_weeks import FirstSteps, UnknownPath

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    """One step: its article, its title in the reader's language and in Swedish, who decides."""

    article: str
    words: Translation
    swedish: Translation
    owner: str


def create_router(runtime: Runtime) -> APIRouter:
    """The one page."""
    pages = Templates(runtime, HERE / "templates")
    steps = FirstSteps.load(FIRST_WEEKS)
    router = APIRouter(include_in_schema=False)

    @router.get("/first-weeks/{path}")
    async def show(
        runtime: RuntimeOf, request: Request, path: str, children: Literal["", "yes"] = ""
    ) -> Response:
        """The list of one way of having come, with boxes to tick."""
        language = page_language(request)
        try:
            found = steps.of(path, children=children == "yes")
        except UnknownPath as error:
            raise Problem(HTTPStatus.NOT_FOUND, detail_of(404)) from error
        query = "&children=yes" if children else ""
        address = f"{runtime.settings.url}/first-weeks/{path}?lang={language}{query}"
        lines = [_line(runtime.answers, step.article, language) for step in found]
        return pages.page(
            "first_weeks.html",
            language,
            lines=[line for line in lines if line is not None],
            came=PATHS[path].msgid,
            query=query,
            languages=runtime.texts.languages.published,
            of=runtime.texts.languages,
            swedish=runtime.texts.languages[TWIN_LANGUAGE],
            site_name=runtime.site.name,
            address=address,
            qr=qr_code(address),
        )

    return router


def _line(answers: Answers, slug: str, language: str) -> Line | None:
    """A step, or None while its article is taken away."""
    found, swedish = answers.read(slug, language), answers.read(slug, TWIN_LANGUAGE)
    if found is None or swedish is None:
        return None
    return Line(slug, found[1], swedish[1], found[0].owner)
