"""The terminal: typed lines go in, messages come out."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from backend.channels import Undeliverable
from backend.settings import Settings
from bot.terminal import HERE, TerminalChannel, create, written
from dialogs.messages import Entity, Rendered, RenderedButton, Said, Started

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class StillClock:
    """It is always the same morning."""

    def now(self):
        return NOW


class Conversation:
    """A door that answers each event at once through the channel it was given."""

    def __init__(self):
        self.channel: TerminalChannel
        self.heard = []
        self.ids = set()

    async def accept(self, inbound, *, update=None):
        assert inbound.at == NOW
        self.ids.add(inbound.message_id)
        self.heard.append(inbound.event)
        return True

    async def receive(self, address):
        answer = Rendered(f"answer {len(self.heard)}", "en", "ltr")
        await self.channel.deliver(address, "m", answer)


async def talk(*lines):
    """Type lines, then Ctrl-D; what was heard and what was shown."""
    typed = iter([*lines, ""])
    shown: list[str] = []
    conversation = Conversation()
    channel = TerminalChannel(lambda: next(typed), shown.append, StillClock())
    conversation.channel = channel
    async with asyncio.timeout(5):
        await channel.listen(conversation)
    return conversation, shown


async def test_a_conversation_opens_by_itself_and_ends_with_the_input():
    conversation, shown = await talk("where is the office?\n", "2\n", "Book a coach\n")
    assert conversation.heard == [
        Started(),
        Said("where is the office?"),
        Said("2"),
        Said("Book a coach"),
    ]
    assert len(conversation.ids) == 4
    assert shown == [f"answer {number}\n" for number in (1, 2, 3, 4)]


async def test_an_empty_line_says_nothing():
    conversation, _shown = await talk("\n", "   \n")
    assert conversation.heard == [Started()]


async def test_a_terminal_that_goes_away_ends_the_conversation():
    def closed():
        raise OSError

    conversation = Conversation()
    conversation.channel = TerminalChannel(closed, lambda _: None, StillClock())
    async with asyncio.timeout(5):
        await conversation.channel.listen(conversation)
    assert conversation.heard == [Started()]


async def test_listening_stops_although_nobody_types():
    typed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_a_key():
        asyncio.run_coroutine_threadsafe(typed.wait(), loop).result()
        return ""

    conversation = Conversation()
    conversation.channel = TerminalChannel(wait_for_a_key, lambda _: None, StillClock())
    task = asyncio.create_task(conversation.channel.listen(conversation))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    typed.set()


async def test_a_screen_that_is_closed_cannot_be_written_to():
    def closed(_text):
        raise BrokenPipeError

    channel = TerminalChannel(lambda: "", closed, StillClock())
    with pytest.raises(Undeliverable):
        await channel.deliver(HERE, "m", Rendered("Hello", "en", "ltr"))


def test_buttons_are_numbered_and_links_spelled_out():
    rendered = Rendered(
        "🏛 Read here and here.",
        "en",
        "ltr",
        (
            Entity("link", 8, 4, "https://a.se"),
            Entity("link", 17, 4, "https://b.se"),
            Entity("bold", 3, 4),
        ),
        (RenderedButton("Book a coach", "calendar"), RenderedButton("العربية")),
        twin=Rendered("Läs här.", "sv", "ltr"),
    )
    assert written(rendered) == (
        "🏛 Read here <https://a.se> and here <https://b.se>.\n\n"
        "────────────\n\n"
        "Läs här.\n\n"
        "  1. Book a coach\n"
        "  2. \u2068العربية\u2069\n"
    )


def test_isolates_are_kept():
    text = "\u2068Anna\u2069 مرحبا"
    assert text in written(Rendered(text, "ar", "rtl"))


def test_the_terminal_is_there_only_when_asked_for():
    assert create(Settings(terminal=False)) == []
    (channel,) = create(Settings(terminal=True))
    assert (channel.name, channel.pulls, channel.routes()) == ("terminal", False, None)
