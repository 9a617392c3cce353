"""Every route of the console, and who may use it.

Closed by default: the router itself asks who is signed in and whether a form is our own. Only
the sign-in page and the files it is drawn with are open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from starlette.routing import BaseRoute

from backend.api.assets import Asset, read_folder
from backend.api.problems import Problem, detail_of
from backend.console import (
    accounts,
    activities_import,
    activity_lists,
    answer,
    bookings,
    digest,
    figures,
    live,
    papers,
    person,
    questions,
    queue,
    recordings,
    requests,
    second_step,
    sign_in,
    stuck,
    suggestions,
    team,
    thread,
    today,
    week,
)
from backend.console.articles import about, editor, new, recording
from backend.console.articles import listing as article_listing
from backend.console.centre import catalogue, closures, hours, hours_changes, opening
from backend.console.context import Console
from backend.console.gatherings import (
    door,
    editing,
    joining,
    listing,
    occasion,
    occasion_changes,
    one_series,
    series_changes,
)
from backend.console.gatherings.doors import sees_activities
from backend.console.guard import (
    edits_articles,
    keeps_accounts,
    keeps_catalogue,
    mends_delivery,
    own_form,
    sees_conversations,
    sees_figures,
    signed_in,
    stay_awake,
)
from backend.console.pages import Pages
from backend.console.passwords import Passwords
from backend.console.routing import ConsoleRoute
from backend.console.sessions import Cookie
from backend.console.talks import desk, handing
from backend.console.throttle import Throttle
from backend.runtime import Runtime

STATIC = Path(__file__).parent / "static"
PREFIX = "/console"


def install(
    app: FastAPI,
    runtime: Runtime,
    passwords: Passwords | None = None,
    throttle: Throttle | None = None,
) -> None:
    """The console of a runtime. Tests bring a faster hash and a throttle that does not wait."""
    app.state.console = Console(
        runtime,
        Pages(runtime),
        passwords or Passwords(),
        throttle or Throttle(),
        Cookie(https=runtime.settings.url.startswith("https://")),
    )
    app.router.routes.extend(routes())


@cache
def routes() -> tuple[BaseRoute, ...]:
    """Every route of the console. They know no runtime, so that they are made only once."""
    return tuple(route for group in (_open, *CLOSED) for route in group().routes)


def _open() -> APIRouter:
    """What anyone may see."""
    assets = read_folder(STATIC)
    router = APIRouter(prefix=PREFIX, route_class=ConsoleRoute)

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


def _closed(*guards: Callable[..., object], prefix: str = PREFIX) -> APIRouter:
    """Routes for those who are signed in, by our own forms, and whom these guards let pass."""
    every: tuple[Callable[..., object], ...] = (signed_in, own_form, *guards)
    return APIRouter(
        prefix=prefix,
        route_class=ConsoleRoute,
        dependencies=[Depends(guard) for guard in every],
    )


def _for_everyone() -> APIRouter:
    """One's own session, whatever one's role."""
    router = _closed()
    router.add_api_route("/sign-out", sign_in.sign_out, methods=["POST"])
    router.add_api_route("/language", sign_in.change_language, methods=["POST"])
    return router


def _knowledge() -> APIRouter:
    """What editors work with, and everybody may see: it tells of nobody."""
    router = _closed(stay_awake)
    router.add_api_route("/questions", questions.show, methods=["GET"])
    router.add_api_route("/articles", article_listing.show, methods=["GET"])
    router.add_api_route("/articles/{slug}", about.show, methods=["GET"])
    router.add_api_route("/articles/{slug}/{language}", editor.show, methods=["GET"])
    return router


def _articles() -> APIRouter:
    """Writing what people are answered with. Before the routes that show it."""
    router = _closed(edits_articles, stay_awake)
    router.add_api_route("/questions", questions.answer, methods=["POST"])
    router.add_api_route("/articles/new", new.show, methods=["GET"])
    router.add_api_route("/articles/new", new.add, methods=["POST"])
    router.add_api_route("/articles/{slug}", about.change, methods=["POST"])
    router.add_api_route("/articles/{slug}/{language}", editor.change, methods=["POST"])
    path = "/articles/{slug}/{language}/recording"
    router.add_api_route(path, recording.change, methods=["POST"])
    return router


def _accounts() -> APIRouter:
    """Who can sign in: the work of admins."""
    router = _closed(keeps_accounts, stay_awake, prefix=f"{PREFIX}/accounts")
    router.add_api_route("", accounts.show, methods=["GET"])
    router.add_api_route("", accounts.add, methods=["POST"])
    router.add_api_route("/{account}", accounts.show_one, methods=["GET"])
    router.add_api_route("/{account}", accounts.change, methods=["POST"])
    router.add_api_route("/{account}/access", accounts.act, methods=["POST"])
    return router


def _figures() -> APIRouter:
    """What those who lead the work count; it tells of nobody."""
    router = _closed(sees_figures, stay_awake)
    router.add_api_route("/figures", figures.show, methods=["GET"])
    router.add_api_route("/figures.csv", figures.download, methods=["GET"])
    return router


def _delivery() -> APIRouter:
    """What did not arrive, without a word of what it says."""
    router = _closed(mends_delivery, stay_awake)
    router.add_api_route("/stuck", stuck.show, methods=["GET"])
    router.add_api_route("/stuck", stuck.act, methods=["POST"])
    return router


def _live() -> APIRouter:
    """Parts of open pages; asking for them does not keep a session awake."""
    router = _closed(sees_conversations, prefix=f"{PREFIX}/live")
    router.add_api_route("/queue", live.queue_rows, methods=["GET"])
    router.add_api_route("/threads/{conversation}", live.messages, methods=["GET"])
    router.add_api_route("/desk", desk.beat, methods=["GET"])
    router.add_api_route("/meetings/{meeting}", live.occasion_rows, methods=["GET"])
    router.add_api_route("/meetings/{meeting}/door", live.door_screen, methods=["GET"])
    return router


def _hours() -> APIRouter:
    """When coaches are there, and when nobody is."""
    router = _closed(hours.keeps_hours, stay_awake)
    router.add_api_route("/hours", hours.show, methods=["GET"])
    router.add_api_route("/hours/{part}", hours_changes.change, methods=["POST"])
    router.add_api_route("/closures", closures.show, methods=["GET"])
    return router


def _centre() -> APIRouter:
    """What can be booked, where, and not when."""
    router = _closed(keeps_catalogue, stay_awake)
    router.add_api_route("/closures", closures.change, methods=["POST"])
    router.add_api_route("/services", catalogue.services, methods=["GET"])
    router.add_api_route("/services/{service}", catalogue.service, methods=["GET"])
    router.add_api_route("/services/{service}", catalogue.change_service, methods=["POST"])
    router.add_api_route("/units", catalogue.units, methods=["GET"])
    router.add_api_route("/units/{unit}", catalogue.unit, methods=["GET"])
    router.add_api_route("/units/{unit}", catalogue.change_unit, methods=["POST"])
    router.add_api_route("/units/{unit}/opening", opening.show, methods=["GET"])
    router.add_api_route("/units/{unit}/opening", opening.change, methods=["POST"])
    return router


def _conversations() -> APIRouter:
    """The work of coaches and coordinators."""
    router = _closed(sees_conversations, stay_awake)
    router.add_api_route("", queue.show, methods=["GET"])
    router.add_api_route("/handoffs/{handoff}", queue.settle, methods=["POST"])
    router.add_api_route("/failures/{row}", queue.settle_failure, methods=["POST"])
    router.add_api_route("/today", today.show, methods=["GET"])
    router.add_api_route("/week", week.show, methods=["GET"])
    router.add_api_route("/digest", digest.show, methods=["GET"])
    router.add_api_route("/team", team.show, methods=["GET"])
    router.add_api_route("/people/{person}", person.show, methods=["GET"])
    router.add_api_route("/threads/{conversation}", thread.show, methods=["GET"])
    router.add_api_route("/threads/{conversation}/answer", answer.write, methods=["POST"])
    router.add_api_route("/threads/{conversation}/talk", handing.act, methods=["POST"])
    router.add_api_route("/threads/{conversation}/typing", handing.typing, methods=["POST"])
    router.add_api_route("/duty", desk.show, methods=["GET"])
    router.add_api_route("/duty", desk.change, methods=["POST"])
    router.add_api_route("/threads/{conversation}/voice", recordings.speak, methods=["POST"])
    path = "/threads/{conversation}/files/{message}"
    router.add_api_route(path, recordings.read, methods=["GET"])
    path = "/threads/{conversation}/prepared/{name}"
    router.add_api_route(path, answer.prepare, methods=["GET"])
    router.add_api_route(path, answer.send_prepared, methods=["POST"])
    router.add_api_route("/bookings/{booking}", bookings.change, methods=["POST"])
    router.add_api_route("/requests/{booking}", requests.answer, methods=["POST"])
    router.add_api_route("/interpreters/{booking}", requests.interpreter, methods=["POST"])
    router.add_api_route("/people/{person}/activities", joining.change, methods=["POST"])
    router.add_api_route("/people/{person}/papers/{kind}", papers.change, methods=["POST"])
    router.add_api_route("/people/{person}/propose", requests.times, methods=["GET"])
    router.add_api_route("/people/{person}/propose", requests.propose, methods=["POST"])
    router.add_api_route("/bookings/{booking}/move", bookings.times, methods=["GET"])
    router.add_api_route("/bookings/{booking}/move", bookings.move, methods=["POST"])
    return router


def _brought_in() -> APIRouter:
    """Activities from files. The form is read before others look at it: it holds a whole file."""
    guards = (signed_in, keeps_catalogue, activities_import.take_file, own_form, stay_awake)
    router = APIRouter(
        prefix=f"{PREFIX}/activities",
        route_class=ConsoleRoute,
        dependencies=[Depends(guard) for guard in guards],
    )
    router.add_api_route("/import", activities_import.show, methods=["GET"])
    router.add_api_route("/import", activities_import.change, methods=["POST"])
    return router


def _kept() -> APIRouter:
    """What associations suggest, and who came in a month, as a file."""
    router = _closed(keeps_catalogue, stay_awake, prefix=f"{PREFIX}/activities")
    router.add_api_route("/suggestions", suggestions.show, methods=["GET"])
    router.add_api_route("/suggestions/{suggestion}", suggestions.decide, methods=["POST"])
    router.add_api_route("/attendance.csv", activity_lists.of_month, methods=["GET"])
    return router


def _occasions() -> APIRouter:
    """One time of an activity, with its people."""
    router = _closed(sees_conversations, stay_awake, prefix=f"{PREFIX}/activities/meetings")
    router.add_api_route("/{meeting}.csv", activity_lists.of_occasion, methods=["GET"])
    router.add_api_route("/{meeting}", occasion.show, methods=["GET"])
    router.add_api_route("/{meeting}", occasion_changes.change, methods=["POST"])
    router.add_api_route("/{meeting}/door", door.show, methods=["GET"])
    return router


def _activities() -> APIRouter:
    """Activities and their series, without people. After every route that has a fixed name."""
    router = _closed(sees_activities, stay_awake, prefix=f"{PREFIX}/activities")
    router.add_api_route("", listing.show, methods=["GET"])
    router.add_api_route("/new", editing.new, methods=["GET"])
    router.add_api_route("/new", editing.add, methods=["POST"])
    router.add_api_route("/{series}", one_series.show, methods=["GET"])
    router.add_api_route("/{series}", series_changes.change, methods=["POST"])
    return router


CLOSED = (
    _for_everyone,
    _articles,
    _knowledge,
    _accounts,
    _figures,
    _delivery,
    _live,
    _hours,
    _centre,
    _conversations,
    _brought_in,
    _kept,
    _occasions,
    _activities,
)
