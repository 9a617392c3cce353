"""Serving in one process or split: each part runs where it belongs, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi import APIRouter

from backend.commands.serve import PARTS, background_jobs
from backend.runtime import Runtime
from dialogs.i18n import Catalogue
from tests.clock import FrozenClock
from tests.conftest import open_database
from tests.house import RecordingChannel, build
from tests.integration.console_office import runtime_of


@dataclass
class PostedTo(RecordingChannel):
    """A channel that others post to."""

    name: str = "posted"

    def routes(self) -> APIRouter | None:
        """One router."""
        return APIRouter()


@pytest.fixture
async def runtime(
    request: pytest.FixtureRequest, clock: FrozenClock, texts: Catalogue, tmp_path: Path
) -> AsyncIterator[Runtime]:
    async for database in open_database(request, "sqlite"):
        found = runtime_of(await build(database, clock, texts), tmp_path)
        channels = {**found.channels, "posted": PostedTo()}
        yield replace(found, channels=channels)


def listening(runtime: Runtime, *parts: str) -> list[str]:
    """The channels that listen when these parts run."""
    jobs = background_jobs(runtime, parts)
    found = (getattr(job, "args", ()) for job in jobs)
    return sorted(args[0].name for args in found if args and args[0] in runtime.channels.values())


async def test_each_channel_listens_in_exactly_one_part(runtime: Runtime) -> None:
    assert listening(runtime, *PARTS) == ["posted", "telegram"]
    assert listening(runtime, "bot") == ["telegram"]
    assert listening(runtime, "worker") == []


async def test_a_channel_that_is_posted_to_listens_where_its_route_is_served(
    runtime: Runtime,
) -> None:
    assert listening(runtime, "api") == ["posted"]


async def test_the_worker_runs_only_where_it_is_asked_for(runtime: Runtime) -> None:
    def works(*parts: str) -> bool:
        return runtime.worker.run in list(background_jobs(runtime, parts))

    assert [works("api"), works("bot"), works("worker"), works(*PARTS)] == [
        False,
        False,
        True,
        True,
    ]
