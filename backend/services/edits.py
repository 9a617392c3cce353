"""Services and units as changed in the console: laid over the site file, column by column.

What the file says of the other columns still arrives, and a column goes back to the file when
its value is the file's again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Service, Unit
from backend.services import catalogue
from backend.services.centre import ChangedMeanwhile
from backend.services.closures import NoSuchUnit
from backend.work import Work
from dialogs.ports import Mode

SERVICE_COLUMNS = (
    *("minutes", "before_minutes", "after_minutes", "notice_minutes", "horizon_days"),
    *("per_day", "modes", "units", "by_request", "by_referral", "is_open"),
    *("name", "about", "bring"),
)
UNIT_COLUMNS = (
    *("name", "address", "floor", "map_url", "districts", "aliases"),
    *("door", "step_free", "opening"),
)
MODES: tuple[Mode, ...] = ("on_site", "phone", "video")

Edited: TypeAlias = "Service | Unit"
Values = Mapping[str, object]


class NoSuchService(Exception):
    """There is no such service."""


def columns_of(row: Edited) -> tuple[str, ...]:
    """Which columns the console may change."""
    return SERVICE_COLUMNS if isinstance(row, Service) else UNIT_COLUMNS


def values_of(row: Edited) -> dict[str, object]:
    """The columns that the console may change, as they are."""
    return {column: getattr(row, column) for column in columns_of(row)}


def mark_of(row: Edited) -> str:
    """A row in a few letters, to tell whether it has changed."""
    written = json.dumps(values_of(row), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def laid_over(values: Values, row: Edited | None) -> dict[str, object]:
    """The site file's values with a row's edits laid over them."""
    edits = {} if row is None else row.edits
    kept = () if row is None else columns_of(row)
    return {**values, **{name: value for name, value in edits.items() if name in kept}}


async def change_service(
    work: Work, service: str, values: Values, filed: Values, seen: str | None = None
) -> None:
    """Change a service. ``filed`` is what the site file says of it, empty when it is not there.

    ``seen`` is the mark of what the page showed. Raises NoSuchService or ChangedMeanwhile.
    """
    session = await work.writing()
    row = await session.get(Service, service, with_for_update=True)
    if row is None:
        raise NoSuchService(service)
    await _change(work, session, row, values, filed, seen)


async def change_unit(
    work: Work, unit: str, values: Values, filed: Values, seen: str | None = None
) -> None:
    """Change a unit; as for a service. Raises NoSuchUnit or ChangedMeanwhile."""
    session = await work.writing()
    row = await session.get(Unit, unit, with_for_update=True)
    if row is None:
        raise NoSuchUnit(unit)
    await _change(work, session, row, values, filed, seen)


async def _change(
    work: Work,
    session: AsyncSession,
    row: Edited,
    values: Values,
    filed: Values,
    seen: str | None,
) -> None:
    if seen is not None and seen != mark_of(row):
        raise ChangedMeanwhile(row.id)
    wanted = {
        **values_of(row),
        **{name: values[name] for name in columns_of(row) if name in values},
    }
    changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    row.edits = {
        name: value for name, value in wanted.items() if _is_edit(row, name, value, filed)
    }
    for name in changed:
        setattr(row, name, wanted[name])
    await session.flush()
    if changed:
        await catalogue.touch(session)
        work.note(row.__tablename__, row.id, "edited", columns=" ".join(changed))


def _is_edit(row: Edited, column: str, value: object, filed: Values) -> bool:
    """Whether a value is the console's own. What has left the file keeps the edits it had."""
    if column in filed:
        return value != filed[column]
    return column in row.edits or value != getattr(row, column)
