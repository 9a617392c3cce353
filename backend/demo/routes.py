"""The demonstration's page: a newcomer's phone, a coach's queue, and the clock between them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.api.assets import Asset, read_folder
from backend.api.languages import page_language
from backend.api.problems import Problem, detail_of
from backend.api.state import RuntimeOf
from backend.api.templates import Templates
from backend.clock import ZONE
from backend.demo.accounts import PASSWORD, USERNAME
from backend.demo.clock import UnknownSpan, forward, parse_span
from backend.runtime import Runtime
from backend.settings import LOCAL_HOSTS
from dialogs import values

HERE = Path(__file__).parent


class Forward(BaseModel):
    """How far to move the clock, such as "1d"."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(max_length=8)


class Moved(BaseModel):
    """What the clock says now, in the page's language."""

    now: str


def create_router(runtime: Runtime) -> APIRouter:
    """The page and its files; every one answers 404 unless this is a demonstration."""
    router = APIRouter(include_in_schema=False)
    if not runtime.settings.demo:
        return router
    pages = Templates(runtime, HERE / "templates")

    @router.get("/demo")
    async def demo_page(runtime: RuntimeOf, request: Request) -> Response:
        """Phone and queue side by side."""
        language = page_language(request)
        return pages.page(
            "demo.html",
            language,
            now=_now(runtime, language),
            username=USERNAME,
            password=PASSWORD,
        )

    @router.post("/demo/forward")
    async def move_clock(runtime: RuntimeOf, request: Request, body: Forward) -> Moved:
        """Move the clock, and let everything notice."""
        if not _is_own_page(request):
            raise Problem(HTTPStatus.FORBIDDEN, detail_of(403))
        try:
            span = parse_span(body.by)
        except UnknownSpan as error:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail_of(422)) from error
        await forward(runtime.database, span)
        await runtime.refresh_clock()
        return Moved(now=_now(runtime, page_language(request)))

    for name, asset in read_folder(HERE / "static").items():
        router.add_api_route(f"/{name}", _serve(asset), methods=["GET"])
    return router


def _now(runtime: Runtime, language: str) -> str:
    direction = runtime.texts.languages[language].direction
    return values.write_moment(runtime.clock.now(), language, ZONE, direction)


def _is_own_page(request: Request) -> bool:
    """Whether a page of ours on this machine asks; another site's page must not move the clock."""
    origin = urlsplit(request.headers.get("origin", ""))
    return (
        request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        and origin.hostname in LOCAL_HOSTS
        and origin.netloc == request.headers.get("host")
    )


def _serve(asset: Asset) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        return asset.response(request)

    return serve
