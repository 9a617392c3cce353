"""A runtime ready for a command: database migrated, site file applied, clock set."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from backend import site
from backend.channels import Channel
from backend.commands.failure import CommandFailed
from backend.migrate import BrokenReferences, NewerDatabase, migrate
from backend.runtime import Runtime, open_runtime
from backend.services.walltime import local_day
from backend.settings import BrokenKey, Settings


@asynccontextmanager
async def prepared(
    settings: Settings, channels: Mapping[str, Channel] | None = None
) -> AsyncIterator[Runtime]:
    """Open a runtime. Raises CommandFailed in words an operator understands."""
    try:
        runtime = open_runtime(settings, channels=channels)
    except site.BrokenSite as error:
        raise CommandFailed(str(error)) from error
    except BrokenKey as error:
        message = f"The key file {error} is empty or cut short. Restore it from a backup."
        raise CommandFailed(message) from error
    try:
        await _bring_up_to_date(runtime)
        yield runtime
    finally:
        await runtime.close()


async def _bring_up_to_date(runtime: Runtime) -> None:
    try:
        await migrate(runtime.database)
    except NewerDatabase as error:
        message = (
            f"The database is from a newer version (revision {error}). "
            "Nothing was changed. Install that version, or restore a backup."
        )
        raise CommandFailed(message) from error
    except BrokenReferences as error:
        message = f"The database {error} has rows that refer to nothing. Restore a backup."
        raise CommandFailed(message) from error
    await runtime.refresh_clock()
    await runtime.refresh_articles()
    async with runtime.database.writing() as session:
        await site.apply(session, runtime.site, local_day(runtime.clock.now()))
