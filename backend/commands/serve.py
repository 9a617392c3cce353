"""``ingang serve``: page, chat, console, channels and worker, in one process or split."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import structlog
import uvicorn

from backend import demo, logs
from backend.app import create_app
from backend.channels import Channel
from backend.commands.prepared import prepared
from backend.commands.types import Commands
from backend.console.passwords import hash_password
from backend.runtime import Runtime
from backend.settings import Settings
from backend.wake import listen_to_others

log = structlog.get_logger()

PARTS = ("api", "bot", "worker")
WEBSOCKET_BYTES = 64 * 1024
GRACE_S = 5

Job = Callable[[], Awaitable[None]]


def add_to(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser("serve", help="serve everything")
    parser.add_argument("--only", choices=PARTS, help="only this part; the others elsewhere")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Serve until told to stop."""
    logs.configure()
    asyncio.run(serve(settings, (chosen.only,) if chosen.only else PARTS))
    return 0


async def serve(settings: Settings, parts: tuple[str, ...]) -> None:
    """Run the parts side by side. With HTTP among them, they end when it is told to stop."""
    async with prepared(settings) as runtime:
        for problem in runtime.answers.library.problems:
            log.error("article_left_out", problem=str(problem))
        if settings.demo:
            await demo.fill(runtime, hash_password)
        tasks = [asyncio.create_task(_run(job)) for job in background_jobs(runtime, parts)]
        try:
            if "api" in parts:
                await _serve_http(runtime)
            else:
                await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def background_jobs(runtime: Runtime, parts: tuple[str, ...]) -> Iterator[Job]:
    """What runs beside HTTP, for the parts that run here."""
    yield partial(listen_to_others, runtime.database, runtime.hub)
    yield runtime.follow_clock
    yield runtime.follow_articles
    if "worker" in parts:
        yield runtime.worker.run
        yield runtime.keep_site
    for channel in runtime.channels.values():
        # A channel that is posted to listens where its route is served.
        home = "bot" if channel.routes() is None else "api"
        if home in parts and not channel.pulls:
            yield partial(_listen, channel, runtime)


async def _listen(channel: Channel, runtime: Runtime) -> None:
    await channel.listen(runtime.door)


async def _run(job: Job) -> None:
    """A background job that fails is a fault to be seen, not a reason to stop answering."""
    try:
        await job()
    except Exception:
        log.exception("job_ended")


async def _serve_http(runtime: Runtime) -> None:
    settings = runtime.settings
    config = uvicorn.Config(
        create_app(runtime),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=WEBSOCKET_BYTES,
        ws_per_message_deflate=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = uvicorn.Server(config)
    _say_where(runtime)
    await server.serve()


def _say_where(runtime: Runtime) -> None:
    url = runtime.settings.url
    print(f"\nIngång is open at {url}/", flush=True)
    if runtime.settings.demo:
        print(f"  demonstration  {url}/demo")
        print(f"  console        {url}/console")
        print(f"  sign in as     {demo.USERNAME} / {demo.PASSWORD}", flush=True)
    else:
        print(f"  console        {url}/console  (ingang staff add makes an account)", flush=True)
