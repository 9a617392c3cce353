"""The web application: every route, in one place."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from backend import console, demo
from backend.api import health, problems
from backend.api.files import MOST_SENT
from backend.api.headers import SecurityHeaders
from backend.api.limits import BodyLimit, RateLimit
from backend.console import activities_import, recordings
from backend.console.articles import recording
from backend.pages.calendars import create_router as calendars_router
from backend.pages.first_weeks import create_router as first_weeks_router
from backend.pages.meetings import create_router as meetings_router
from backend.pages.routes import create_router as pages_router
from backend.pages.suggest import create_router as suggest_router
from backend.runtime import Runtime
from backend.widget import files as chat_files
from backend.widget import routes as chat
from backend.widget.heads import Heads

MESSAGES_A_MINUTE, MESSAGES_AT_ONCE = 40, 20
FILES_A_MINUTE, FILES_AT_ONCE = 10, 10
ADDRESS_FILES_A_MINUTE, ADDRESS_FILES_AT_ONCE = 30, 30  # a classroom has one address
TYPING_A_MINUTE, TYPING_AT_ONCE = 30, 10
SESSIONS_A_MINUTE, SESSIONS_AT_ONCE = 60, 60
PREFLIGHT = timedelta(hours=1)


def create_app(runtime: Runtime) -> FastAPI:
    """An application over a runtime. Documentation of the API stays off unless in a demo."""
    app = FastAPI(
        title="Ingång",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if runtime.settings.demo else None,
    )
    app.state.runtime = runtime
    app.state.limits = {
        "message": RateLimit(MESSAGES_A_MINUTE, MESSAGES_AT_ONCE),
        "file": RateLimit(FILES_A_MINUTE, FILES_AT_ONCE),
        "file of an address": RateLimit(ADDRESS_FILES_A_MINUTE, ADDRESS_FILES_AT_ONCE),
        "typing": RateLimit(TYPING_A_MINUTE, TYPING_AT_ONCE),
        "session": RateLimit(SESSIONS_A_MINUTE, SESSIONS_AT_ONCE),
    }
    app.state.heads = Heads(runtime.database)
    app.state.greetings = asyncio.Semaphore(chat.GREETINGS_AT_ONCE)
    problems.install(app)
    app.include_router(health.router)
    app.include_router(chat.router)
    app.include_router(chat_files.router)
    app.include_router(pages_router(runtime))
    app.include_router(first_weeks_router(runtime))
    app.include_router(meetings_router(runtime))
    app.include_router(calendars_router())
    app.include_router(suggest_router(runtime))
    console.install(app, runtime)
    if runtime.settings.demo:
        app.include_router(demo.create_router(runtime))
    for channel in runtime.channels.values():
        routes = channel.routes()
        if routes is not None:
            app.include_router(routes)
    _add_middleware(app, runtime)
    return app


def _add_middleware(app: FastAPI, runtime: Runtime) -> None:
    larger = {
        activities_import.PATH: activities_import.MOST_SENT,
        chat_files.PATH: MOST_SENT,
        recordings.SPEAKING: MOST_SENT,
        recording.ROUTE: MOST_SENT,
    }
    app.add_middleware(BodyLimit, larger=larger)
    if runtime.settings.widget_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=runtime.settings.widget_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", chat_files.CLIENT_ID_HEADER],
            expose_headers=["Retry-After"],
            max_age=int(PREFLIGHT.total_seconds()),
        )
    app.add_middleware(
        SecurityHeaders,
        https=runtime.settings.url.startswith("https://"),
        framed=runtime.settings.demo,
    )
