"""Is it alive, is it ready, and how is it doing."""

from __future__ import annotations

import hmac
from http import HTTPStatus
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select, text

from backend.api.problems import Problem, detail_of
from backend.api.state import RuntimeOf
from backend.migrate import is_current
from backend.models import Booking, Handoff, Inbox, Message
from backend.runtime import Runtime

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> Response:
    """The process answers."""
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz")
async def ready(runtime: RuntimeOf) -> Response:
    """The database can be written to and is of this version."""
    async with runtime.database.writing() as session:
        await session.execute(text("SELECT 1"))
    if not await is_current(runtime.database):
        return Response("database is of another version\n", HTTPStatus.SERVICE_UNAVAILABLE)
    return Response("ready\n", media_type="text/plain")


@router.get("/metrics")
async def metrics(runtime: RuntimeOf, request: Request) -> Response:
    """A few figures in the Prometheus text format; on this machine, or with the token."""
    if not _may_see_figures(runtime, request):
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    figures = await _figures(runtime)
    lines = [f"ingang_{name} {value}" for name, value in figures.items()]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _may_see_figures(runtime: Runtime, request: Request) -> bool:
    token = runtime.settings.metrics_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token:
        return hmac.compare_digest(token.encode(), given.encode())
    host = request.client.host if request.client else ""
    try:
        return ip_address(host).is_loopback and "x-forwarded-for" not in request.headers
    except ValueError:
        return False


async def _figures(runtime: Runtime) -> dict[str, float]:
    now = runtime.clock.now()
    async with runtime.database.reading() as session:
        oldest = await session.scalar(
            select(func.min(Message.due_at)).where(
                Message.state.in_(("due", "sending")), Message.direction == "out"
            )
        )
        counts = {
            "inbox_waiting": select(func.count()).where(Inbox.state == "new"),
            "inbox_failed": select(func.count()).where(Inbox.state == "failed"),
            "messages_planned": select(func.count()).where(Message.state == "planned"),
            "messages_due": select(func.count()).where(Message.state.in_(("due", "sending"))),
            "messages_failed": select(func.count()).where(Message.state == "failed"),
            "handoffs_open": select(func.count()).where(Handoff.state == "open"),
            "bookings_confirmed": select(func.count()).where(Booking.state == "confirmed"),
        }
        figures = {name: float(await session.scalar(query) or 0) for name, query in counts.items()}
    overdue = (now - oldest).total_seconds() if oldest else 0.0
    return {**figures, "oldest_due_seconds": max(0.0, round(overdue, 3))}
