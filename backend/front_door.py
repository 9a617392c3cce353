"""The one door: what comes in is stored, then run, and each turn is one transaction.

What changed (a booking, a hand-over), what we answer, and "inbox row done" are committed together
or not at all. After three failures the row is given up, staff see it, and the person is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import insert, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend import conversations, inbox
from backend.channels import Channel
from backend.conversations import Loaded, StaleConversation
from backend.database import Database, is_deadlock
from backend.inbox import Sender
from backend.incoming import Incoming, hand_over, waits_for_its_file
from backend.media.cleaner import TooManyFiles
from backend.models import Conversation, Inbox, Message
from backend.models.base import table
from backend.vault import Vault
from backend.wake import Hub
from backend.work import Work, message_row
from dialogs import places
from dialogs.core import say, to
from dialogs.engine import Advanced, Engine
from dialogs.messages import Address as AddressOf
from dialogs.messages import Attached, Inbound, Quote, Reply, Said, SentFile, Started, Tapped
from dialogs.ports import Clock, Ports
from dialogs.render import Renderer
from dialogs.text import Text, Words, _

log = structlog.get_logger()

BuildPorts = Callable[[Loaded, Work, Channel], Ports]
CONCEALED = "•••"
RUNS = 4  # tries against others who move the same conversation on; more means a fault


@dataclass
class FrontDoor:
    """Accepts events and runs them. ``ports`` builds what one turn may use."""

    database: Database
    clock: Clock
    vault: Vault
    engine: Engine
    renderer: Renderer
    channels: Mapping[str, Channel]
    hub: Hub
    ports: BuildPorts
    incoming: Incoming
    _turns: WeakValueDictionary[Sender, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def accept(
        self, inbound: Inbound, *, update: str | None = None, file: bytes | None = None
    ) -> bool:
        """Store what came; False when it was stored before. Only then may it be acknowledged.

        ``file`` is the photo or the recording that an event ``SentFile`` is about, cleaned.
        """
        now = self.clock.now()
        async with self.database.writing() as session:
            return await inbox.store(session, self.vault, inbound, update, now, file)

    async def receive(self, address: AddressOf) -> None:
        """Run what was stored for an address, in the order it came."""
        account = self.vault.fingerprint(address.channel, address.id)
        await self.run(Sender(address.channel, account))

    async def run(self, sender: Sender) -> None:
        """Run a sender's waiting events, one turn after the other."""
        lock = self._turns.setdefault(sender, asyncio.Lock())
        async with lock:
            try:
                while await self._run_next(sender):
                    pass
            except TooManyFiles:  # no try that counts: the worker looks at it again in a moment
                log.info("file_waits", channel=sender.channel)

    async def _run_next(self, sender: Sender) -> bool:
        """One turn; whether more is waiting."""
        loaded: Loaded | None = None
        for _attempt in range(RUNS):
            work = Work(self.database, self.clock)
            try:
                loaded = await self._load(work, sender)
                if loaded is None:
                    return False
                await self._turn(work, loaded, sender)
            except Exception as error:
                await work.close()
                if _lost_a_race(error):
                    continue  # look again and run it on the new state
                if loaded is None or isinstance(error, TooManyFiles):
                    raise
                log.exception("turn_failed", channel=sender.channel, inbox=loaded.row)
                return await self._failed(sender, loaded, error)
            else:
                return loaded.has_more  # what is accepted from now on has its own ``receive``
            finally:
                await work.close()
        if loaded is None:
            return False
        log.error("turn_contended", channel=sender.channel, inbox=loaded.row)
        return await self._failed(sender, loaded, StaleConversation())

    async def _load(self, work: Work, sender: Sender) -> Loaded | None:
        languages = self.renderer.catalogue.languages
        loaded = await conversations.load_next(await work.reading(), sender, "sv")
        if loaded is None or not loaded.is_new:
            return loaded
        hint = loaded.event.hint if isinstance(loaded.event, Started) else None
        language = languages.recognise(hint) or "sv"
        return replace(loaded, session=replace(loaded.session, language=language))

    async def _turn(self, work: Work, loaded: Loaded, sender: Sender) -> None:
        """Run the dialog and write everything it came to, in the lawful order."""
        if waits_for_its_file(loaded):
            await work.close()  # what takes long happens outside of any transaction
            loaded = await self.incoming.complete(loaded, sender.channel)
        if loaded.is_new:
            session = await work.writing()
            await conversations.create(session, loaded, sender, self.clock.now())
        channel = self.channels[sender.channel]
        advanced = await self.engine.advance(
            loaded.session,
            loaded.event,
            loaded.offered,
            self.ports(loaded, work, channel),
            loaded.key,
        )
        await self._write(work, loaded, advanced, pulls=channel.pulls)
        await self._after(loaded, advanced, channel)

    async def _write(self, work: Work, loaded: Loaded, advanced: Advanced, *, pulls: bool) -> None:
        session = await work.writing()
        await work.write_journal()
        now, after = self.clock.now(), advanced.session
        person = work.erased_as or loaded.session.person
        if work.erased_as:
            after = replace(after, chosen=False)
        elif loaded.is_leaving:
            await conversations.stay(session, loaded.address)
        rows = self._rows(loaded, advanced, person, now, pulls=pulls)
        page = rows[-1]["id"] if advanced.replies else None
        before = await conversations.save(
            session, loaded.conversation, after, page, len(rows), now, work.handover
        )
        for seq, row in enumerate(rows, start=before + 1):
            row["seq"] = row["changed"] = seq
        await work.write_messages(rows)
        if isinstance(loaded.event, SentFile) and rows[0]["direction"] == "in":
            await hand_over(session, loaded.row, loaded.event, rows[0]["id"])
        await self._finish(work, loaded, advanced)
        await work.commit()

    @staticmethod
    async def _finish(work: Work, loaded: Loaded, advanced: Advanced) -> None:
        """Mark the event done and empty it, in the turn's own transaction."""
        session = await work.writing()
        acted = advanced.acted
        done = await session.scalar(
            update(Inbox)
            .where(Inbox.id == loaded.row, Inbox.state == "new")
            .values(
                state="done",
                event=None,
                sender=None,
                file=None,
                acted_message=acted and acted.message,
                acted_index=acted and acted.index,
            )
            .returning(Inbox.id)
        )
        if done is None:
            raise StaleConversation(loaded.conversation)

    def _rows(
        self, loaded: Loaded, advanced: Advanced, person: str, now: datetime, *, pulls: bool
    ) -> list[dict[str, Any]]:
        """The turn's messages: what she wrote, then what we answer."""
        language = advanced.session.language
        heard = None if person != loaded.session.person else _heard(loaded, advanced)
        rows = []
        if heard is not None:
            rows.append(
                message_row(
                    person,
                    heard,
                    now,
                    conversation_id=loaded.conversation,
                    direction="in",
                    author="person",
                    state="delivered",
                    reference=loaded.message_id,
                    language=loaded.session.language,
                )
            )
        rows += [
            message_row(
                person,
                reply,
                now,
                conversation_id=loaded.conversation,
                state="sent" if pulls else "due",
                language=language,
                sent_text=self.renderer.as_sent(reply, language),
                sent_at=now if pulls else None,
            )
            for reply in advanced.replies
        ]
        return rows

    async def _after(self, loaded: Loaded, advanced: Advanced, channel: Channel) -> None:
        self.hub.changed(loaded.conversation)
        if advanced.session.language != loaded.session.language:
            address = AddressOf(channel.name, self.vault.open(loaded.sealed))
            self.hub.later(channel.speaks(address, advanced.session.language))

    async def _failed(self, sender: Sender, loaded: Loaded, error: Exception) -> bool:
        """Count the failure; give the event up after the last try and tell the person."""
        async with self.database.writing() as session:
            given_up = await inbox.record_failure(session, loaded.row, type(error).__name__)
        if given_up:
            await self._apologise(sender, loaded)
        return given_up  # otherwise the worker tries again in a moment

    async def _apologise(self, sender: Sender, loaded: Loaded) -> None:
        """Tell the person that it did not work, and offer a human; also when she is new."""
        reply = say(
            _("Something went wrong here, and it is not your fault. Your message is saved."),
            _("A person at the centre has been told."),
            to(_("Ask a person"), places.PERSON, icon="person"),
            to(_("Menu"), places.MENU, icon="menu"),
        )
        async with self.database.writing() as session:
            known = await conversations.of_sender(session, sender)
            if known is None:
                await conversations.create(session, loaded, sender, self.clock.now())
                known = await session.get_one(Conversation, loaded.conversation)
            channel = self.channels[sender.channel]
            seq = await conversations.number(session, known.id) + 1
            now = self.clock.now()
            row_values = message_row(
                known.person_id,
                reply,
                now,
                conversation_id=known.id,
                seq=seq,
                changed=seq,
                author="system",
                dedupe=f"{loaded.key}:failed",
                state="sent" if channel.pulls else "due",
                language=known.language,
                sent_text=self.renderer.as_sent(reply, known.language),
                sent_at=now if channel.pulls else None,
            )
            await session.execute(insert(table(Message)), [row_values])
        self.hub.changed(known.id)


def _lost_a_race(error: Exception) -> bool:
    """Someone else has moved the conversation on, or was first at what was wanted."""
    if isinstance(error, DBAPIError) and is_deadlock(error):
        return True
    return isinstance(error, StaleConversation | IntegrityError)


def _heard(loaded: Loaded, advanced: Advanced) -> Reply | None:
    """What the person did, as a line of the transcript; a concealed text is not kept."""
    match loaded.event:
        case Said(text=text):
            return say(Quote(CONCEALED if advanced.conceal else text, loaded.session.language))
        case Tapped(index=index) if loaded.offered and index < len(loaded.offered.buttons):
            label = loaded.offered.buttons[index].label
            return say(label if isinstance(label, Text) else Quote(_plain(label)))
        case SentFile(kind="photo" | "voice" as kind, seconds=seconds):
            return say(Attached(kind, seconds))
        case SentFile():
            return say(_("(Sent something that is not text)"))
        case _:
            return None


def _plain(label: Words | str) -> str:
    return label if isinstance(label, str) else label.in_language(("sv",))
