"""``ingang erase`` and ``ingang export``: one person's data, by conversation id."""

from __future__ import annotations

import argparse
import asyncio
import json

from sqlalchemy import select

from backend import transcript
from backend.commands.failure import CommandFailed
from backend.commands.prepared import prepared
from backend.commands.types import Commands
from backend.models import Address, Booking, Conversation, Deadline, Meeting, Person
from backend.runtime import Runtime
from backend.services.bookings import Bookings
from backend.services.erasure import Policy, erase
from backend.services.papers import PersonPapers
from backend.settings import Settings
from backend.work import Work
from dialogs.reaching import LETTERBOXES


def add_to(commands: Commands) -> None:
    """Register the commands."""
    for name, words in (
        ("erase", "delete the person of a conversation"),
        ("export", "print everything stored about the person of a conversation, as JSON"),
    ):
        parser = commands.add_parser(name, help=words)
        parser.add_argument("conversation", help="its id, as the console shows it")
        parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Erase or export."""
    asyncio.run(_run(settings, chosen.command, chosen.conversation))
    return 0


async def _run(settings: Settings, command: str, conversation: str) -> None:
    async with prepared(settings, channels={}) as runtime:
        async with runtime.database.reading() as session:
            found = await session.get(Conversation, conversation)
        if found is None:
            message = f"There is no conversation {conversation}."
            raise CommandFailed(message)
        if command == "export":
            exported = await _export(runtime, found)
            print(json.dumps(exported, ensure_ascii=False, indent=2))
        else:
            await _erase(runtime, found.person_id)
            print("Deleted.")


async def _erase(runtime: Runtime, person: str) -> None:
    """An operator's decision: everything goes, whatever the retention rule."""
    async with Work.begin(runtime.database, runtime.clock, "system") as work:
        catalogue = await runtime.cache.get(await work.reading())
        everything = Policy(runtime.policy.kept_days, may_delete_messages=True)
        await erase(work, Bookings(work, catalogue), person, None, everything)


async def _export(runtime: Runtime, conversation: Conversation) -> dict[str, object]:
    async with runtime.database.reading() as session:
        rows = await transcript.latest_messages(session, conversation.id, 100_000)
        meetings = await session.execute(
            select(Booking, Meeting)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(Booking.person_id == conversation.person_id)
            .order_by(Meeting.starts_at)
        )
        booked = meetings.all()
        person = await session.get_one(Person, conversation.person_id)
        dates = await session.scalars(
            select(Deadline).where(Deadline.person_id == person.id).order_by(Deadline.kind)
        )
        remembered = dates.all()
    return {
        "conversation": conversation.id,
        "language": conversation.language,
        "messages": [
            {
                "at": row.created_at.isoformat(),
                "from": row.author,
                "state": row.state,
                "text": transcript.as_read(runtime.renderer, row).text,
            }
            for row in rows
        ],
        "meetings": [
            {
                "starts": meeting.starts_at.isoformat(),
                "local_start": meeting.local_start,
                "mode": meeting.mode,
                "service": booking.service_id,
                "unit": meeting.unit_id,
                "state": booking.state,
                "interpreter": booking.interpreter_need,
            }
            for booking, meeting in booked
        ],
        "needs": person.needs,
        "first_weeks": person.first_weeks,
        "dates": [
            {
                "kind": row.kind,
                "counted_from": row.counted_from and row.counted_from.isoformat(),
                "done_for": row.done_for and row.done_for.isoformat(),
            }
            for row in remembered
        ],
        "papers": await _papers(runtime, person.id),
        "reminded_by": await _letterboxes(runtime, person.id),
    }


async def _letterboxes(runtime: Runtime, person: str) -> list[dict[str, object]]:
    async with runtime.database.reading() as session:
        rows = await session.scalars(
            select(Address).where(Address.person_id == person, Address.channel.in_(LETTERBOXES))
        )
        return [
            {
                "by": row.channel,
                "to": runtime.vault.open(row.sealed),
                "confirmed": row.confirmed,
            }
            for row in rows
        ]


async def _papers(runtime: Runtime, person: str) -> list[dict[str, object]]:
    work = Work(runtime.database, runtime.clock)
    try:
        folder = await PersonPapers(person, work, runtime.vault).folder()
    finally:
        await work.close()
    return [
        {
            "kind": card.kind,
            "contact": card.contact,
            "line": card.line,
            "next_on": card.next_on and card.next_on.isoformat(),
            "first_meeting": card.began and card.began.isoformat(),
            "reminds": card.reminds,
            "changed_by": card.changed_by,
            "changed_at": card.changed_at.isoformat(),
            "away": folder.paused and folder.paused.why,
            "away_until": folder.paused
            and folder.paused.until
            and folder.paused.until.isoformat(),
        }
        for card in folder.cards
    ]
