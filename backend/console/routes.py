"""Every route of the console, and who may use it.

Closed by default: the router itself asks who is signed in and whether a form is our own. Only
the sign-in page and the files it is drawn with are open.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Depends, Request, Response

from backend.api.assets import Asset, read_folder
from backend.api.problems import Problem, detail_of
from backend.console import (
    accounts,
    answer,
    bookings,
    figures,
    live,
    person,
    questions,
    queue,
    requests,
    second_step,
    sign_in,
    team,
    thread,
    today,
    week,
)
from backend.console.centre import catalogue, closures, hours, hours_changes
from backend.console.context import Console
from backend.console.guard import (
    keeps_accounts,
    keeps_catalogue,
    own_form,
    sees_conversations,
    sees_figures,
    signed_in,
    stay_awake,
)
from backend.console.pages import Pages
from backend.console.passwords import Passwords
from backend.console.routing import route_class
from backend.console.sessions import Cookie
from backend.console.throttle import Throttle
from backend.runtime import Runtime

STATIC = Path(__file__).parent / "static"
PREFIX = "/console"


def create_router(
    runtime: Runtime, passwords: Passwords | None = None, throttle: Throttle | None = None
) -> APIRouter:
    """The console of a runtime. Tests bring a faster hash and a throttle that does not wait."""
    console = Console(
        runtime,
        Pages(runtime),
        passwords or Passwords(),
        throttle or Throttle(),
        Cookie(https=runtime.settings.url.startswith("https://")),
    )
    router = APIRouter(include_in_schema=False)
    for group in (_open, *CLOSED):
        router.routes.extend(group(console).routes)
    return router


def _open(console: Console) -> APIRouter:
    """What anyone may see."""
    assets = read_folder(STATIC)
    router = APIRouter(prefix=PREFIX, route_class=route_class(console))

    async def static(request: Request, name: str) -> Response:
        """A style or a script of ours."""
        return _asset(assets, name).response(request)

    router.add_api_route("/static/{name}", static, methods=["GET"])
    router.add_api_route("/sign-in", sign_in.show, methods=["GET"])
    router.add_api_route("/sign-in", sign_in.sign_in, methods=["POST"])
    router.add_api_route("/sign-in/code", second_step.take_code, methods=["POST"])
    router.add_api_route("/sign-in/password", second_step.take_password, methods=["POST"])
    return router


def _asset(assets: dict[str, Asset], name: str) -> Asset:
    if name not in assets:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    return assets[name]


def _closed(console: Console, *guards: Callable[..., object], prefix: str = PREFIX) -> APIRouter:
    """Routes for those who are signed in, by our own forms, and whom these guards let pass."""
    every: tuple[Callable[..., object], ...] = (signed_in, own_form, *guards)
    return APIRouter(
        prefix=prefix,
        route_class=route_class(console),
        dependencies=[Depends(guard) for guard in every],
    )


def _for_everyone(console: Console) -> APIRouter:
    """One's own session, whatever one's role."""
    router = _closed(console)
    router.add_api_route("/sign-out", sign_in.sign_out, methods=["POST"])
    router.add_api_route("/language", sign_in.change_language, methods=["POST"])
    return router


def _knowledge(console: Console) -> APIRouter:
    """What editors work with, and everybody may see: it tells of nobody."""
    router = _closed(console, stay_awake)
    router.add_api_route("/questions", questions.show, methods=["GET"])
    return router


def _accounts(console: Console) -> APIRouter:
    """Who can sign in: the work of admins."""
    router = _closed(console, keeps_accounts, stay_awake, prefix=f"{PREFIX}/accounts")
    router.add_api_route("", accounts.show, methods=["GET"])
    router.add_api_route("", accounts.add, methods=["POST"])
    router.add_api_route("/{account}", accounts.show_one, methods=["GET"])
    router.add_api_route("/{account}", accounts.change, methods=["POST"])
    router.add_api_route("/{account}/access", accounts.act, methods=["POST"])
    return router


def _figures(console: Console) -> APIRouter:
    """What those who lead the work count; it tells of nobody."""
    router = _closed(console, sees_figures, stay_awake)
    router.add_api_route("/figures", figures.show, methods=["GET"])
    router.add_api_route("/figures.csv", figures.download, methods=["GET"])
    return router


def _live(console: Console) -> APIRouter:
    """Parts of open pages; asking for them does not keep a session awake."""
    router = _closed(console, sees_conversations, prefix=f"{PREFIX}/live")
    router.add_api_route("/queue", live.queue_rows, methods=["GET"])
    router.add_api_route("/threads/{conversation}", live.messages, methods=["GET"])
    return router


def _hours(console: Console) -> APIRouter:
    """When coaches are there, and when nobody is."""
    router = _closed(console, hours.keeps_hours, stay_awake)
    router.add_api_route("/hours", hours.show, methods=["GET"])
    router.add_api_route("/hours/{part}", hours_changes.change, methods=["POST"])
    router.add_api_route("/closures", closures.show, methods=["GET"])
    return router


def _centre(console: Console) -> APIRouter:
    """What can be booked, where, and not when."""
    router = _closed(console, keeps_catalogue, stay_awake)
    router.add_api_route("/closures", closures.change, methods=["POST"])
    router.add_api_route("/services", catalogue.services, methods=["GET"])
    router.add_api_route("/services/{service}", catalogue.service, methods=["GET"])
    router.add_api_route("/services/{service}", catalogue.change_service, methods=["POST"])
    router.add_api_route("/units", catalogue.units, methods=["GET"])
    router.add_api_route("/units/{unit}", catalogue.unit, methods=["GET"])
    router.add_api_route("/units/{unit}", catalogue.change_unit, methods=["POST"])
    return router


def _conversations(console: Console) -> APIRouter:
    """The work of coaches and coordinators."""
    router = _closed(console, sees_conversations, stay_awake)
    router.add_api_route("", queue.show, methods=["GET"])
    router.add_api_route("/handoffs/{handoff}", queue.settle, methods=["POST"])
    router.add_api_route("/failures/{row}", queue.settle_failure, methods=["POST"])
    router.add_api_route("/today", today.show, methods=["GET"])
    router.add_api_route("/week", week.show, methods=["GET"])
    router.add_api_route("/team", team.show, methods=["GET"])
    router.add_api_route("/people/{person}", person.show, methods=["GET"])
    router.add_api_route("/threads/{conversation}", thread.show, methods=["GET"])
    router.add_api_route("/threads/{conversation}/answer", answer.write, methods=["POST"])
    path = "/threads/{conversation}/prepared/{name}"
    router.add_api_route(path, answer.prepare, methods=["GET"])
    router.add_api_route(path, answer.send_prepared, methods=["POST"])
    router.add_api_route("/bookings/{booking}", bookings.change, methods=["POST"])
    router.add_api_route("/requests/{booking}", requests.answer, methods=["POST"])
    router.add_api_route("/interpreters/{booking}", requests.interpreter, methods=["POST"])
    router.add_api_route("/people/{person}/propose", requests.times, methods=["GET"])
    router.add_api_route("/people/{person}/propose", requests.propose, methods=["POST"])
    router.add_api_route("/bookings/{booking}/move", bookings.times, methods=["GET"])
    router.add_api_route("/bookings/{booking}/move", bookings.move, methods=["POST"])
    return router


CLOSED = (
    _for_everyone,
    _knowledge,
    _accounts,
    _figures,
    _live,
    _hours,
    _centre,
    _conversations,
)
