"""Her mobile number and mail address for reminders: given, proven by a code, and taken away."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Address, Conversation, Journal, Message, Person
from backend.models.base import new_id, table
from backend.reach import Route, in_order, replan
from backend.services.letterboxes import (
    NEVER,
    hint_of,
    last_fault,
    mail_address,
    mobile_number,
)
from backend.vault import Vault, WrongKey
from backend.work import UNSENT, Work, message_row
from dialogs.core import say
from dialogs.messages import Reply
from dialogs.reaching import (
    LETTERBOXES,
    MOST_TRIES,
    AlreadyThere,
    CodeTooOld,
    Kind,
    Means,
    NotTheCode,
    TooManyCodes,
    Way,
)
from dialogs.text import _

BLOCKED = "unreachable"
CODES = 10_000  # four digits
VALID = timedelta(minutes=15)
CODES_A_DAY = 5  # to one person
CODES_AN_HOUR = 60  # to everybody: whoever writes programs that ask for codes costs us money


@dataclass(frozen=True)
class PersonReach:
    """One person's ways within one unit of work. ``channels`` are the names of those running."""

    person: str
    language: str
    work: Work
    vault: Vault
    channels: Collection[str]

    @property
    def may_add(self) -> Sequence[Kind]:
        """What this installation can send by, beside the chats."""
        return [kind for kind in LETTERBOXES if kind in self.channels]

    async def mine(self) -> Means:
        """Her ways that count, the one tried first first."""
        session = await self.work.reading()
        found = await session.execute(
            select(Conversation, Address, last_fault(), Person.reach)
            .join(Address, Address.id == Conversation.address_id)
            .join(Person, Person.id == Conversation.person_id)
            .where(
                Conversation.person_id == self.person,
                Address.confirmed,
                Address.channel.in_(self.channels),
            )
            .order_by(Conversation.seen_at.desc(), Conversation.id)
        )
        rows = found.all()
        faults = {Route(row[0], row[1]): row[2] for row in rows}
        wanted = rows[0].reach if rows else ()
        ways: dict[str, Way] = {}
        for route in in_order(list(faults), wanted):
            way = self._way(route, faults[route])
            ways.setdefault(way.channel, way)
        return Means(tuple(ways.values()))

    async def put_first(self, channel: str) -> None:
        """Try this way before the others."""
        session = await self.work.writing()
        await self._lead_with(session, channel)
        self.work.note("person", self.person, "reached_first", channel=channel)

    async def add(self, kind: Kind, typed: str) -> str:
        """Send a code there; the id it is confirmed by.

        Raises NotAMobile, NotAMailAddress, AlreadyThere, TooManyCodes.
        """
        account = mobile_number(typed) if kind == "sms" else mail_address(typed)
        fingerprint = self.vault.fingerprint(kind, f"{account}\x00{self.person}")
        session = await self.work.reading()
        same = (Address.channel == kind, Address.account == fingerprint, Address.confirmed)
        if await session.scalar(select(Address.id).where(*same)):
            raise AlreadyThere
        await self._count_codes(session)
        session = await self.work.writing()
        await session.execute(
            delete(Address).where(
                Address.person_id == self.person, Address.channel == kind, ~Address.confirmed
            )
        )
        address = new_id()
        await self._open(session, address, kind, account, fingerprint)
        self.work.note("code", self.person, "sent", channel=kind)
        return address

    async def confirm(self, address: str, code: str) -> None:
        """The code is right: the way counts, and is tried first. Raises NotTheCode, CodeTooOld."""
        session = await self.work.writing()
        kind = await self._unproven(session, address)
        if not hmac.compare_digest(_digits(code).encode(), self._code(address).encode()):
            raise NotTheCode(await self._tried_once(session, address))
        await session.execute(
            update(Address).where(Address.id == address).values(confirmed=True, tries=0)
        )
        await self._forget(session, Address.channel == kind, Address.id != address)
        await session.execute(
            delete(Message).where(Message.dedupe == _dedupe(address))  # it shows the code
        )
        await self._lead_with(session, kind)
        self.work.note("person", self.person, "reachable", channel=kind)

    async def remove(self, address: str) -> None:
        """Delete a number or address; what still waits to be sent there goes another way."""
        session = await self.work.writing()
        await self._forget(session, Address.id == address)
        self.work.note("person", self.person, "way_removed")

    async def _open(
        self, session: AsyncSession, address: str, kind: Kind, account: str, fingerprint: str
    ) -> None:
        """The address and its conversation, which begins with the code."""
        conversation, now = new_id(), self.work.clock.now()
        await session.execute(
            insert(Address).values(
                id=address,
                person_id=self.person,
                channel=kind,
                account=fingerprint,
                sealed=self.vault.seal(account),
                confirmed=False,
            )
        )
        await session.execute(
            insert(Conversation).values(
                id=conversation,
                person_id=self.person,
                address_id=address,
                language=self.language,
                seen_at=NEVER,
                counter=1,
            )
        )
        row = message_row(
            self.person,
            _code_letter(self._code(address)),
            now,
            conversation_id=conversation,
            seq=1,
            changed=1,
            state="due",
            dedupe=_dedupe(address),
            language=self.language,
            expires_at=now + VALID,
        )
        await session.execute(insert(table(Message)), [row])

    async def _count_codes(self, session: AsyncSession) -> None:
        """Raises TooManyCodes."""
        now = self.work.clock.now()
        sent = select(func.count()).select_from(Journal).where(Journal.entity == "code")
        to_her = sent.where(Journal.entity_id == self.person, Journal.at > now - timedelta(days=1))
        to_all = sent.where(Journal.at > now - timedelta(hours=1))
        if (await session.scalar(to_her) or 0) >= CODES_A_DAY:
            raise TooManyCodes
        if (await session.scalar(to_all) or 0) >= CODES_AN_HOUR:
            raise TooManyCodes

    async def _unproven(self, session: AsyncSession, address: str) -> str:
        """The channel of an address that waits for its code. Raises CodeTooOld."""
        row = (
            await session.execute(
                select(Address.channel, Message.created_at)
                .join(Message, Message.dedupe == _dedupe(address))
                .where(
                    Address.id == address,
                    Address.person_id == self.person,
                    ~Address.confirmed,
                    Address.tries < MOST_TRIES,
                )
            )
        ).first()
        if row is None or row.created_at + VALID <= self.work.clock.now():
            raise CodeTooOld
        return cast("str", row.channel)

    async def _tried_once(self, session: AsyncSession, address: str) -> int:
        """Count a wrong code; how many tries are left. Raises CodeTooOld when none are."""
        tries = await session.scalar(
            update(Address)
            .where(Address.id == address)
            .values(tries=Address.tries + 1)
            .returning(Address.tries)
        )
        left = MOST_TRIES - (tries or MOST_TRIES)
        if left < 1:
            raise CodeTooOld
        return left

    async def _forget(self, session: AsyncSession, *which: ColumnElement[bool]) -> None:
        """Delete letterboxes of hers, with what was sent there."""
        hers = (Address.person_id == self.person, Address.channel.in_(LETTERBOXES), *which)
        waiting = await session.scalars(
            select(Message.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(Address, Address.id == Conversation.address_id)
            .where(*hers, Message.state.in_(UNSENT))
        )
        for message in waiting.all():
            await replan(session, message, self.work.clock.now())
        await session.execute(delete(Address).where(*hers))

    async def _lead_with(self, session: AsyncSession, channel: str) -> None:
        wanted = await session.scalar(select(Person.reach).where(Person.id == self.person))
        order = list(dict.fromkeys((channel, *(wanted or ()))))
        await session.execute(update(Person).where(Person.id == self.person).values(reach=order))

    def _way(self, route: Route, fault: str | None) -> Way:
        address, gone = route.address, route.address.unreachable_at
        if gone is not None and gone >= route.conversation.seen_at:
            fault = BLOCKED
        if address.channel not in LETTERBOXES:
            return Way(address.channel, fault=fault)
        try:
            hint = hint_of(address.channel, self.vault.open(address.sealed))
        except WrongKey:
            hint = ""
        return Way(address.channel, address.id, hint, fault)

    def _code(self, address: str) -> str:
        """Four digits; nothing of them is stored but the message that carries them."""
        digest = hmac.digest(self.vault.derive("code"), address.encode(), "sha256")
        return f"{int.from_bytes(digest[:8]) % CODES:04}"


def _code_letter(code: str) -> Reply:
    return say(
        _("Your code for Ingång is {code}.", code=code),
        _("Write it in the chat. It works for 15 minutes."),
        _("Did you not ask for a code? Then you need to do nothing."),
        brief=_("Ingång: your code is {code}", code=code),
    )


def _dedupe(address: str) -> str:
    return f"code:{address}"


def _digits(text: str) -> str:
    """The digits of what was typed, in ASCII."""
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())
