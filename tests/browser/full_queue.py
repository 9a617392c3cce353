"""Rows of every kind for the queue, written straight into a database in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.events import dump_event
from backend.models import (
    Address,
    Booking,
    Contact,
    Conversation,
    Handoff,
    Inbox,
    Meeting,
    Message,
    Person,
    Service,
    Staff,
    Unit,
)
from backend.models.base import Base, new_id
from backend.services.catalogue import touch
from backend.services.walltime import wall_text
from backend.vault import Vault
from dialogs.messages import Quote, Reply, Said
from dialogs.ports import InterpreterNeed
from dialogs.stored import dump_reply

WORDS: Mapping[str, str] = {
    "ar": "وصلتني رسالة من Försäkringskassan ولا أفهمها. هل يمكنكم مساعدتي؟",
    "so": "Waxaan helay warqad aanan fahmin oo ka timid Skatteverket. Ma i caawin kartaa?",
    "ti": "ደብዳበ በጺሑኒ፡ ኣይተረድኣንን። ክትሕግዙኒ ትኽእሉ ዶ፧",
    "en": "I have a letter that I do not understand. Can you help me?",
}
STATES = {
    "no_time": ("requested", "none"),
    "request": ("requested", "none"),
    "interpreter": ("confirmed", "wanted"),
    "call_off": ("cancelled", "to_cancel"),
}
LONG = timedelta(minutes=45)
COMING = timedelta(days=9)
BEEN = timedelta(days=1)


@dataclass
class Filling:
    """Who and what the rows are about; ``ids`` says by kind what each is read from."""

    session: AsyncSession
    vault: Vault
    now: datetime
    service: str
    unit: str
    coach: str
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    made: int = 0

    async def add(self, kind: str) -> None:
        """One row of a kind."""
        self.made += 1
        thread = await self._person()
        match kind:
            case "message" | "call":
                await self._handoff(kind, thread)
            case "failure":
                await self._failure(thread)
            case _:
                await self._booking(kind, thread)

    @property
    def _since(self) -> datetime:
        return self.now - timedelta(hours=9) + timedelta(minutes=2 * self.made)

    async def _put(self, row: Base) -> None:
        self.session.add(row)
        await self.session.flush()

    async def _person(self) -> Conversation:
        language = list(WORDS)[self.made % len(WORDS)]
        person = Person(id=new_id(), created_at=self._since)
        await self._put(person)
        account = new_id()
        address = Address(
            id=new_id(),
            person_id=person.id,
            channel="web",
            account=self.vault.fingerprint("web", account),
            sealed=self.vault.seal(account),
        )
        await self._put(address)
        thread = Conversation(
            id=new_id(),
            person_id=person.id,
            address_id=address.id,
            language=language,
            chosen=True,
            seen_at=self._since,
            counter=1,
        )
        await self._put(thread)
        return thread

    async def _handoff(self, kind: str, thread: Conversation) -> None:
        contact = await self._contact(thread) if kind == "call" else None
        handoff = Handoff(
            id=new_id(),
            person_id=thread.person_id,
            conversation_id=thread.id,
            contact_id=contact,
            kind=kind,
            state="open",
            wish="morning",
            opened_at=self._since,
        )
        await self._put(handoff)
        written = Message(
            person_id=thread.person_id,
            conversation_id=thread.id,
            seq=1,
            changed=1,
            direction="in",
            author="person",
            body=dump_reply(Reply((Quote(WORDS[thread.language]),))),
            created_at=self._since,
            due_at=self._since,
            state="read",
            language=thread.language,
        )
        await self._put(written)
        self.ids[kind].append(handoff.id)

    async def _contact(self, thread: Conversation) -> str:
        contact = Contact(
            id=new_id(),
            person_id=thread.person_id,
            purpose="call",
            sealed=self.vault.seal(f"070174{self.made:04}"),
            created_at=self._since,
        )
        await self._put(contact)
        return contact.id

    async def _failure(self, thread: Conversation) -> None:
        failed = Inbox(
            channel="web",
            account=f"stranger-{self.made}",
            message_id="1",
            event=dump_event(Said(WORDS[thread.language])),
            at=self._since,
            arrived_at=self._since,
            state="failed",
            error="KeyError",
        )
        await self._put(failed)
        self.ids["failure"].append(str(failed.id))

    async def _meeting(self, kind: str) -> str:
        starts = self.now + (-BEEN if kind == "outcome" else COMING)
        meeting = Meeting(
            id=new_id(),
            service_id=self.service,
            staff_id=await self._who_left() if kind == "orphan" else self.coach,
            unit_id=self.unit,
            local_start=wall_text(starts),
            starts_at=starts,
            ends_at=starts + LONG,
            taken=1,
        )
        await self._put(meeting)
        return meeting.id

    async def _booking(self, kind: str, thread: Conversation) -> None:
        state, interpreter = STATES.get(kind, ("confirmed", "none"))
        need = asdict(InterpreterNeed(thread.language, gender="woman"))
        booking = Booking(
            id=new_id(),
            person_id=thread.person_id,
            meeting_id=None if kind == "no_time" else await self._meeting(kind),
            service_id=self.service,
            state=state,
            interpreter=interpreter,
            interpreter_need={} if interpreter == "none" else need,
            version=1,
            created_at=self._since,
            seen_by_staff=kind != "booking",
        )
        await self._put(booking)
        self.ids[kind].append(booking.id)

    async def _who_left(self) -> str:
        coach = Staff(
            id=f"left-{self.made}",
            username=f"left-{self.made}",
            name="Doris",
            role="coach",
            languages=["sv"],
            services=[],
            is_active=False,
            created_at=self._since,
        )
        await self._put(coach)
        await touch(self.session)
        return coach.id


async def fill(
    database: Database, vault: Vault, now: datetime, kinds: Sequence[str]
) -> Mapping[str, Sequence[str]]:
    """Add a row for each of ``kinds``, the oldest first; by kind, the ids they stand for."""
    async with database.writing() as session:
        service = await session.scalar(
            select(Service.id).where(Service.is_group.is_(False)).order_by(Service.position)
        )
        unit = await session.scalar(select(Unit.id).order_by(Unit.position))
        coach = await session.scalar(select(Staff.id).where(Staff.username == "amina"))
        assert service is not None
        assert unit is not None
        assert coach is not None
        filling = Filling(session, vault, now, service, unit, coach)
        for kind in kinds:
            await filling.add(kind)
    return filling.ids
