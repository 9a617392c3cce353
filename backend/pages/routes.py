"""The start page with the chat, an answer at its own address, and the files they need."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from markupsafe import Markup

from backend.api.assets import Asset, read_folder
from backend.api.files import file_response
from backend.api.languages import page_language
from backend.api.problems import Problem, detail_of
from backend.api.state import RuntimeOf
from backend.api.templates import Templates
from backend.pages.markup import to_html
from backend.runtime import Runtime
from backend.services import editing
from backend.services.files import File
from dialogs import values

HERE = Path(__file__).parent
WIDGET = HERE.parent / "widget"
DOOR_CODE = re.compile(r"[0-9]{6}")


def create_router(runtime: Runtime) -> APIRouter:
    """Everything that is read once is read here, when the app is made."""
    router = APIRouter(include_in_schema=False)
    start = Templates(runtime, WIDGET / "templates")
    pages = Templates(runtime, HERE / "templates")
    assets = read_folder(WIDGET / "static") | read_folder(HERE / "static")

    @router.get("/")
    async def start_page(runtime: RuntimeOf, request: Request) -> Response:
        """One sentence, every language, and the chat."""
        return start.page(
            "start.html",
            page_language(request),
            languages=runtime.texts.languages.published,
            site_name=runtime.site.name,
            operator=runtime.site.operator,
            telegram_url=runtime.site.telegram_url,
            door_code=door_code(request),
        )

    @router.get("/a/{slug}")
    async def article_page(runtime: RuntimeOf, request: Request, slug: str) -> Response:
        """An answer to read, print or share, with its source and date."""
        language = page_language(request)
        found = runtime.answers.read(slug, language)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
        article, words = found
        languages = runtime.texts.languages
        address = f"{runtime.settings.url}/a/{slug}?lang={words.language}"
        return pages.page(
            "article.html",
            language,
            article=article,
            words=words,
            of=languages[words.language],
            languages=[languages[code] for code in article.translations],
            site_name=runtime.site.name,
            stale=article.is_stale(runtime.clock.now().date()),
            html=to_html,
            spoken=runtime.answers.is_recorded(slug, words.language),
            address=address,
            qr=qr_code(address),
            day=partial(
                values.write_day, language=language, direction=languages[language].direction
            ),
        )

    @router.get("/a/{slug}/{code}.ogg")
    async def recording(runtime: RuntimeOf, request: Request, slug: str, code: str) -> Response:
        """An answer read aloud by a person, in the console or in a file."""
        return await _heard(runtime, request, slug, code)

    for name, asset in assets.items():
        router.add_api_route(f"/{name}", _serve(asset), methods=["GET"])
    return router


async def _heard(runtime: Runtime, request: Request, slug: str, code: str) -> Response:
    """A recording. Raises Problem 404."""
    if (slug, code) in runtime.answers.recorded:
        async with runtime.database.reading() as session:
            content = await editing.recording(session, slug, code)
        if content is not None:
            return file_response(request, File(editing.sound_of(content), content))
    path = runtime.answers.library.recording(slug, code)
    if path is None:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    return FileResponse(path, media_type="audio/ogg")


def door_code(request: Request) -> str | None:
    """The code in the address of the picture at an activity's door; anything else is nothing."""
    code = request.query_params.get("in", "")
    return code if DOOR_CODE.fullmatch(code) else None


def qr_code(address: str) -> Markup:
    """The address as a picture that a phone reads, as SVG without styles of its own."""
    picture = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True)
    return Markup(picture)  # noqa: S704 - segno draws squares; no text of the address is in it


def _serve(asset: Asset) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        return asset.response(request, Cross_Origin_Resource_Policy="cross-origin")

    return serve
