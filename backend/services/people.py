"""What is known of a person, and how it is deleted: the people port of one turn."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from backend.database import insertion
from backend.models import Booking, Card, Contact, Deadline, Message, Notice, Person
from backend.services.bookings import Bookings
from backend.services.catalogue import CurrentCatalogue
from backend.services.erasure import Policy, erase
from backend.work import Work
from dialogs.holding import Holding
from dialogs.text import Text, _, n_


@dataclass(frozen=True)
class PersonRecord:
    """One person's own data within one unit of work. ``told`` is what her channel must tell."""

    person: str
    address: str
    work: Work
    catalogue: CurrentCatalogue
    policy: Policy
    channel: str
    told: Text | None

    async def notice(self) -> Text | None:
        """What this channel must tell before she types; it is noted that she was told."""
        if self.told is None:
            return None
        session = await self.work.writing()
        shown = insertion(session, Notice).values(
            person_id=self.person, name=self.channel, shown_at=self.work.clock.now()
        )
        await session.execute(
            shown.on_conflict_do_update(
                index_elements=["person_id", "name"],
                set_={"shown_at": shown.excluded.shown_at},
            )
        )
        return self.told

    async def holding(self) -> Holding:
        """What is stored about her, counted in one query."""
        session = await self.work.reading()
        mine = Message.person_id == self.person
        count = select(func.count())
        row = (
            await session.execute(
                select(
                    Person.created_at,
                    count.select_from(Message).where(mine, Message.seq.is_not(None)).label("m"),
                    count.select_from(Booking)
                    .where(Booking.person_id == self.person, Booking.state != "expired")
                    .label("b"),
                    count.select_from(Message).where(mine, Message.state == "planned").label("r"),
                    count.select_from(Contact).where(Contact.person_id == self.person).label("c"),
                    count.select_from(Card).where(Card.person_id == self.person).label("p"),
                    count.select_from(Deadline)
                    .where(Deadline.person_id == self.person)
                    .label("d"),
                    count.select_from(Message)
                    .where(mine, Message.media.is_not(None), Message.file.is_not(None))
                    .label("f"),
                ).where(Person.id == self.person)
            )
        ).one()
        since, messages, meetings, reminders, contacts, papers, dates, files = row
        return Holding(
            since,
            messages,
            meetings,
            reminders,
            contacts,
            self.policy.kept_days,
            papers,
            dates,
            files,
            self.policy.file_days,
            self.policy.is_translated,
        )

    async def erase(self) -> None:
        """Delete everything about her that may be deleted."""
        bookings = Bookings(self.work, await self.catalogue.get())
        await erase(self.work, bookings, self.person, self.address, self.policy)

    def promise(self) -> Text:
        """What erasing does here."""
        if self.policy.may_delete_messages:
            return _("I delete everything you have written here. It cannot be brought back.")
        return n_(
            "An authority runs this service. It must keep what you have written for one day more. "
            "Then it is deleted.",
            "An authority runs this service. It must keep what you have written for "
            "{n:number} days. Then it is deleted.",
            n=self.policy.kept_days,
        )

    def receipt(self) -> Text:
        """What erasing has done: never more than is true."""
        if self.policy.may_delete_messages:
            return _("You are deleted here. Your meetings are cancelled.")
        return n_(
            "Your meetings are cancelled. What you have written is deleted in one day.",
            "Your meetings are cancelled. What you have written is deleted in {n:number} days.",
            n=self.policy.kept_days,
        )
