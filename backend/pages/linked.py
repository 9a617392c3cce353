"""How a page that somebody was given a link to answers when something goes wrong: in words."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from backend.api.languages import page_language
from backend.api.problems import Problem
from backend.api.templates import Templates
from backend.pages.cards import NoSuchCard
from dialogs.text import Text, _

Handle = Callable[[Request], Coroutine[Any, Any, Response]]

LOOK = ["GET", "HEAD"]
EXPECTED = (NoSuchCard, Problem, RequestValidationError)


def route_class(pages: Templates) -> type[APIRoute]:
    """Routes that answer what they expect to go wrong with a page."""

    class LinkRoute(APIRoute):
        def get_route_handler(self) -> Handle:
            handle = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    return await handle(request)
                except EXPECTED as error:
                    return _answer(pages, request, error)

            return answer

    return LinkRoute


def private(response: Response) -> Response:
    """A page for whoever holds its link: not kept, not found by a search, not passed on."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def with_form(response: Response) -> Response:
    """The same for a page with a form: with no-referrer its origin would be "null"."""
    private(response).headers["Referrer-Policy"] = "same-origin"
    return response


def _answer(pages: Templates, request: Request, error: Exception) -> Response:
    status, detail = _explain(error)
    language = page_language(request)
    runtime = pages.runtime
    words, name = runtime.renderer.plain(detail, language), runtime.site.name
    page = pages.page("meeting_problem.html", language, status, detail=words, site_name=name)
    return private(page)


def _explain(error: Exception) -> tuple[int, Text]:
    match error:
        case Problem(status=status, detail=detail):
            return status, detail
        case NoSuchCard():
            gone = _("This is not here any more. It may have been deleted.")
            return HTTPStatus.NOT_FOUND, gone
        case _:
            unread = _("Something in the form could not be read. Nothing was changed.")
            return HTTPStatus.UNPROCESSABLE_ENTITY, unread
