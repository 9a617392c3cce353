"""Errors over HTTP as RFC 9457 problem documents, in the reader's language.

The body never repeats what was sent: it may hold a personnummer, or characters that cannot be
encoded (FastAPI's own handler answers 500 to a lone surrogate and to NaN).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from backend.api.languages import page_language
from backend.api.state import runtime_of
from dialogs.text import Text, _

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
BUSY_SECONDS = 2


class Problem(Exception):
    """Something a client can understand: a status, a sentence, and headers to go with it."""

    def __init__(
        self, status: HTTPStatus, detail: Text, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def _details() -> Mapping[int, Text]:
    return {
        400: _("The message could not be read."),
        401: _("This chat is closed. You can start a new one."),
        403: _("You may not do this."),
        404: _("This page does not exist."),
        405: _("This cannot be done here."),
        413: _("That is too long. Please write less."),
        422: _("The message could not be read."),
        429: _("That was a lot at once. Wait a little and try again."),
        500: _("Something went wrong here, and it is not your fault. Try again in a moment."),
        503: _("The service is busy. Nothing was saved. Try again in a moment."),
    }


def detail_of(status: int) -> Text:
    """The sentence for a status."""
    details = _details()
    return details.get(status, details[500] if status >= 500 else details[400])  # noqa: PLR2004


def problem_response(
    request: Request,
    status: int,
    detail: Text | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document in the reader's language."""
    runtime = runtime_of(request)
    language = page_language(request)
    sentence = runtime.renderer.plain(detail or detail_of(status), language)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
    }
    return Response(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status,
        {"Content-Language": runtime.texts.languages[language].html, **(headers or {})},
        MEDIA_TYPE,
    )


def install(app: FastAPI) -> None:
    """Answer every error with a problem document."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - registered for this type
        return problem_response(request, error.status, error.detail, error.headers)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
        return problem_response(request, error.status_code, headers=error.headers)

    async def on_invalid(request: Request, _error: Exception) -> Response:
        return problem_response(request, HTTPStatus.UNPROCESSABLE_ENTITY)

    async def on_busy(request: Request, error: Exception) -> Response:
        log.warning("database_busy", reason=type(error).__name__)
        wait = {"Retry-After": str(BUSY_SECONDS)}
        return problem_response(request, HTTPStatus.SERVICE_UNAVAILABLE, headers=wait)

    async def on_fault(request: Request, error: Exception) -> Response:
        # The route's path, not the request's: in some of them a secret is part of the address.
        route = getattr(request.scope.get("route"), "path", None)
        log.error("request_failed", path=route, exc_info=error)
        return problem_response(request, HTTPStatus.INTERNAL_SERVER_ERROR)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(OperationalError, on_busy)
    app.add_exception_handler(PoolTimeout, on_busy)
    app.add_exception_handler(Exception, on_fault)
