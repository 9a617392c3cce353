"""How a route of the console answers when something goes wrong: a page, in the reader's language.

A browser that is not signed in is led to the sign-in page and back; anything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from backend.api.problems import Problem, detail_of
from backend.console.context import Console, console_of
from backend.console.guard import SAFE, SignInFirst
from backend.console.pages import DEFAULT_LANGUAGE
from backend.services.needs import NoSuchPerson
from backend.talks.switchboard import NoSuchThread
from dialogs.ports import NoSuchBooking
from dialogs.text import Text, _

log = structlog.get_logger()

HOME = "/console"
SIGN_IN = "/console/sign-in"
OWN_PAGE = re.compile(
    r"/console(/[A-Za-z0-9_-]+)*"
    r"(\?day=[0-9-]{10}|\?week=[0-9]{4}-W[0-9]{2}(&coach=[A-Za-z0-9_-]+)?|\?coach=[A-Za-z0-9_-]+)?"
)

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class ConsoleRoute(APIRoute):
    """A route of the console; it answers errors with a page."""

    def get_route_handler(self) -> Handle:
        """The handler, and what it answers when something goes wrong."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                return answer_error(request, console_of(request), error)

        return answer


def see(path: str) -> Response:
    """Go on to another page of ours, with GET."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def own_page(path: str, otherwise: str = HOME) -> str:
    """A path to go on to; ``otherwise`` when it is not one of the console's own."""
    return path if OWN_PAGE.fullmatch(path) else otherwise


def answer_error(request: Request, console: Console, error: Exception) -> Response:
    """The page for an error."""
    if isinstance(error, SignInFirst):
        return _sign_in_first(request, console)
    status, detail, headers = _explain(request, error)
    who = getattr(request.state, "who", None)
    response = console.pages.show(
        who, "problem.html", status, language=_language(request), detail=detail, here=""
    )
    response.headers.update(headers)
    return response


def _explain(request: Request, error: Exception) -> tuple[int, Text, dict[str, str]]:
    match error:
        case Problem(status=status, detail=detail, headers=headers):
            return status, detail, headers
        case NoSuchThread() | NoSuchBooking() | NoSuchPerson():
            gone = _("This is not here any more. It may have been deleted.")
            return HTTPStatus.NOT_FOUND, gone, {}
        case RequestValidationError():
            unread = _("Something in the form could not be read. Nothing was changed.")
            return HTTPStatus.UNPROCESSABLE_ENTITY, unread, {}
        case HTTPException(status_code=status):
            return status, detail_of(status), dict(error.headers or {})
        case OperationalError() | PoolTimeout():
            log.warning("database_busy", reason=type(error).__name__)
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return status, detail_of(status), {"Retry-After": "2"}
        case _:
            log.error("request_failed", path=request.scope["path"], exc_info=error)
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            return status, detail_of(status), {}


def _sign_in_first(request: Request, console: Console) -> Response:
    path = request.url.path
    if request.method in SAFE and not path.startswith(f"{HOME}/live/"):
        return see(f"{SIGN_IN}?onward={quote(own_page(path))}")
    detail = _("You are not signed in any more. Nothing was changed. Sign in and try again.")
    return console.pages.show(
        None,
        "problem.html",
        HTTPStatus.UNAUTHORIZED,
        language=_language(request),
        detail=detail,
        here="",
    )


def _language(request: Request) -> str:
    return request.query_params.get("lang") or DEFAULT_LANGUAGE
