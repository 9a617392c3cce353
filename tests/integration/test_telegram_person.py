"""In Telegram, a person can be asked for on every page of the assistant's."""

from __future__ import annotations

import pytest

from backend.settings import REPOSITORY
from bot.telegram.commands import DESCRIPTIONS
from dialogs.i18n import Catalogue
from dialogs.messages import Rendered, RenderedButton, Said, Tapped
from tests.telegram.bench import AMINA, AT_AMINA, listening

PAGE = (RenderedButton("Read more"), RenderedButton("Menu", "menu"))


async def shown(server, telegram, buttons, language="en"):
    """The buttons of a page as Telegram has them."""
    server.says(AMINA, "/start")
    await telegram().deliver(AT_AMINA, "m-1", Rendered("A page", language, "ltr", buttons=buttons))
    return (await server.hears(AMINA)).buttons


@pytest.mark.parametrize("language", ["en", "ti"])
async def test_a_page_without_a_way_to_a_person_has_one_above_its_menu(server, telegram, language):
    words = Catalogue.load(REPOSITORY / "locales").translate(DESCRIPTIONS["person"], language)
    assert await shown(server, telegram, PAGE, language) == [
        ("Read more", "m-1:0"),
        (f"🙋 {words}", "/person"),
        ("🏠 Menu", "m-1:1"),
    ]


@pytest.mark.parametrize(
    "buttons",
    [
        (RenderedButton("A person", "person"), RenderedButton("Menu", "menu")),
        (RenderedButton("End the talk"),),
        (RenderedButton("I can't come"), RenderedButton("I come", "yes")),
    ],
    ids=["has one", "in a talk", "a reminder"],
)
async def test_other_messages_have_no_second_one(server, telegram, buttons):
    shown_now = await shown(server, telegram, buttons)
    assert "/person" not in [data for _label, data in shown_now]


async def test_its_tap_is_the_command_and_nothing_else_can_be_said_by_a_tap(
    server, door, telegram
):
    for data in ("/person", "/delete", "/person:0"):
        server.taps_data(AMINA, data)
    async with listening(telegram(), door):
        await door.until(lambda: len(door.stored) == 3)
    assert door.events == [Said("/person"), Tapped("", 0), Tapped("/person", 0)]
