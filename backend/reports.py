"""What a channel says later of a message it had taken: that it arrived, or that it did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import conversations, reach
from backend.models import Address, Conversation, Message
from backend.runtime import Runtime

log = structlog.get_logger()

NOT_DELIVERED = "not delivered"
UNDER_WAY = ("sending", "sent")
MAY_HAVE_ARRIVED = ("due", "sending", "sent", "failed")


@dataclass(frozen=True)
class Report:
    """One report. ``message`` is our own id, for reports that overtake the channel's answer."""

    channel: str
    reference: str
    message: str | None
    delivered: bool


async def take(runtime: Runtime, report: Report) -> None:
    """Write a report down; one about a message we do not know changes nothing.

    Repeated, or in another order, reports come to the same: what has arrived stays so.
    """
    now = runtime.clock.now()
    async with runtime.database.writing() as session:
        changed = await _write(session, report, now)
    if changed:
        runtime.hub.changed(changed)


async def _write(session: AsyncSession, report: Report, now: datetime) -> str | None:
    """The conversation that has changed, or None."""
    row = await _find(session, report)
    if row is None or row.conversation_id is None:
        return None
    if report.delivered:
        return await _delivered(session, row, report)
    return await _failed(session, row, report, now)


async def _find(session: AsyncSession, report: Report) -> Message | None:
    """The row by the channel's id of it, else by our own while it has none yet."""
    mine = Message.reference.is_(None) & (Message.id == report.message)
    found = await session.scalars(
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Address, Address.id == Conversation.address_id)
        .where(
            Address.channel == report.channel,
            Message.direction == "out",
            or_(Message.reference == report.reference, mine),
        )
        .order_by(Message.reference.is_(None))
        .limit(1)
    )
    return found.first()


async def _delivered(session: AsyncSession, row: Message, report: Report) -> str | None:
    """It has arrived; what was planned instead of it meanwhile is not needed."""
    if await _set(session, row, MAY_HAVE_ARRIVED, "delivered", report.reference, None):
        await reach.call_off(session, row)
        return row.conversation_id
    return None


async def _failed(
    session: AsyncSession, row: Message, report: Report, now: datetime
) -> str | None:
    """It will not arrive; a reminder goes by her next way."""
    if await _set(session, row, UNDER_WAY, "failed", report.reference, NOT_DELIVERED):
        planned = await reach.replan(session, row.id, now)
        log.info("not_delivered", message=row.id, channel=report.channel, instead=planned)
        return row.conversation_id
    return None


async def _set(
    session: AsyncSession,
    row: Message,
    before: tuple[str, ...],
    state: str,
    reference: str,
    error: str | None,
) -> bool:
    """Whether it was in one of the states before, and is in the new one now."""
    if row.state not in before:
        return False
    changed = await conversations.number(session, row.conversation_id or "") + 1
    found = await session.scalar(
        update(Message)
        .where(Message.id == row.id, Message.state.in_(before))
        .values(state=state, changed=changed, reference=reference, error=error, lease_until=None)
        .returning(Message.id)
    )
    return found is not None
