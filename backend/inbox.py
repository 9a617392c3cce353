"""What came in: stored before it is acknowledged, taken out in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.events import dump_event, made_safe
from backend.models import Inbox
from backend.vault import Vault
from dialogs.messages import Inbound, Tapped

TRIES = 3
KEPT = timedelta(days=30)  # emptied rows, so that a late repetition is still recognised


@dataclass(frozen=True)
class Sender:
    """An address as the database knows it."""

    channel: str
    account: str


async def store(
    session: AsyncSession,
    vault: Vault,
    inbound: Inbound,
    update_id: str | None,
    now: datetime,
    file: bytes | None = None,
) -> bool:
    """Store what came; False when it is there already. ``file`` is what it brought, cleaned."""
    address, event = inbound.address, made_safe(inbound.event)
    tap = event if isinstance(event, Tapped) else None
    stored = await session.scalar(
        insertion(session, Inbox)
        .values(
            channel=address.channel,
            account=vault.fingerprint(address.channel, address.id),
            message_id=inbound.message_id,
            update_id=update_id,
            sender=vault.seal(address.id),
            event=dump_event(event),
            tapped_message=tap.message if tap else None,
            file=file,
            at=inbound.at,
            arrived_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Inbox.id)
    )
    return stored is not None


async def waiting(session: AsyncSession, before: datetime) -> list[Sender]:
    """Senders whose events have waited since before an instant: a process must have died."""
    rows = await session.execute(
        select(Inbox.channel, Inbox.account)
        .where(Inbox.state == "new", Inbox.arrived_at <= before)
        .group_by(Inbox.channel, Inbox.account)
        .order_by(func.min(Inbox.id))
        .limit(200)
    )
    return [Sender(channel, account) for channel, account in rows]


async def record_failure(session: AsyncSession, row: int, error: str) -> bool:
    """Count a failed try; True when it was the last one and the row is given up."""
    attempts = await session.scalar(
        update(Inbox)
        .where(Inbox.id == row, Inbox.state == "new")
        .values(attempts=Inbox.attempts + 1, error=error)
        .returning(Inbox.attempts)
    )
    if attempts is None or attempts < TRIES:
        return False
    await session.execute(update(Inbox).where(Inbox.id == row).values(state="failed"))
    return True


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Delete rows too old to be repeated. One given up still holds what was said: it goes too."""
    await session.execute(
        delete(Inbox).where(Inbox.state.in_(("done", "failed")), Inbox.arrived_at < now - KEPT)
    )
