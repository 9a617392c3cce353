"""Waiting for a person and talking with one, as it looks in the web chat."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.fake_chat import button
from tests.browser.fake_words import CHROME
from tests.browser.test_widget_access import BOXES, LISTEN, RULES, broken

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SV = CHROME["sv"]
HIDE = """
  Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true });
  window.away = false;
  window.looksAway = (away) => {
    window.away = away;
    document.dispatchEvent(new Event('visibilitychange'));
  };
"""
COUNT_NOTES = """
  window.notes = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { window.notes += 1; start.call(this, at); };
"""
FACES = ("Bra", "Sådär", "Inte bra")


def bar(phone):
    """What says who speaks with her."""
    return phone.page.locator("ingang-chat .talks")


async def in_a_talk(phone, name="Sara", language="sv"):
    """A conversation with a coach."""
    await phone.visit(f"?lang={language}")
    phone.served.chat.conversation.hand_over("coach", name)
    await expect(bar(phone)).to_be_visible()
    return phone.served.chat.conversation


async def test_with_the_assistant_nothing_is_said_of_a_talk(phone):
    await phone.visit()
    await expect(bar(phone)).to_be_hidden()
    await expect(phone.page.locator("ingang-chat .bar .talk")).to_be_visible()


async def test_her_place_in_the_queue_is_always_in_sight(phone):
    await phone.visit()
    chat = phone.served.chat.conversation
    chat.hand_over("queue", place=2)
    await expect(bar(phone).locator("p")).to_have_text(SV["queued"].replace("{n}", "2"))
    await expect(phone.page.locator("ingang-chat .bar .talk")).to_be_hidden()
    chat.talk["place"] = 1
    chat.wake()
    await expect(bar(phone).locator("p")).to_have_text(SV["queued"].replace("{n}", "1"))
    await phone.shot("queued-sv")
    await bar(phone).get_by_role("button", name=SV["stop"]).click()
    await expect(phone.mine.last).to_contain_text(SV["stop"])
    assert phone.served.chat.said() == ["/stop"]


async def test_who_talks_with_her_stands_there_by_name_and_the_talk_can_be_ended(phone):
    chat = await in_a_talk(phone)
    words = SV["talking"].replace("{name}", "\u2068Sara\u2069")
    await expect(bar(phone).locator("p")).to_have_text(words)
    await phone.page.reload()
    await expect(bar(phone).locator("p")).to_have_text(words)
    await bar(phone).get_by_role("button", name=SV["end"]).click()
    await expect(phone.mine.last).to_contain_text(SV["end"])
    assert phone.served.chat.said() == ["/end"]
    chat.hand_over("assistant")
    await expect(bar(phone)).to_be_hidden()


async def test_a_notice_is_not_taken_for_a_person_or_the_assistant(phone):
    await in_a_talk(phone)
    await expect(phone.messages.last.locator(".from b")).to_have_text(SV["system"])


async def test_the_focus_is_not_lost_when_the_talk_ends_under_it(phone):
    chat = await in_a_talk(phone)
    await bar(phone).get_by_role("button", name=SV["end"]).focus()
    chat.hand_over("assistant")
    await expect(phone.log).to_be_focused()


async def test_that_the_coach_writes_is_said_once_and_outside_the_messages(phone):
    chat = await in_a_talk(phone)
    await phone.root.evaluate(LISTEN)
    chat.write()
    writing = phone.page.locator("ingang-chat .writing")
    said = SV["writing"].replace("{name}", "\u2068Sara\u2069")
    await expect(writing).to_have_text(said)
    chat.write()
    await phone.page.wait_for_timeout(300)
    assert await phone.page.evaluate("heard") == [["polite", said]]
    await phone.shot("writing-sv")
    chat.add("Hej!", **{"from": "coach", "name": "Sara"})
    await expect(writing).to_be_empty()


async def test_nobody_is_said_to_write_outside_a_talk(phone):
    await phone.visit()
    phone.served.chat.conversation.write()
    await phone.page.wait_for_timeout(300)
    await expect(phone.page.locator("ingang-chat .writing")).to_be_empty()


async def test_the_coach_hears_that_she_writes_and_not_of_every_letter(phone):
    await phone.visit()
    await phone.input.press_sequentially("Hej")
    assert phone.served.chat.typed == 0
    phone.served.chat.conversation.hand_over("coach", "Sara")
    await expect(bar(phone)).to_be_visible()
    async with phone.page.expect_response("**/chat/typing"):
        await phone.input.press_sequentially(" jag heter Amal")
    assert phone.served.chat.typed == 1


async def test_a_server_that_knows_nothing_of_typing_does_no_harm(phone):
    await in_a_talk(phone)
    await phone.page.route("**/chat/typing", lambda route: route.fulfill(status=404))
    await phone.input.press_sequentially("Hej")
    await phone.page.locator("ingang-chat form button").click()
    await expect(phone.mine.locator(".tick")).to_have_text("Skickat")


async def test_the_title_counts_what_people_wrote_while_she_looked_away(pick_up):
    phone = await pick_up()
    await phone.page.add_init_script(HIDE)
    chat = await in_a_talk(phone)
    await phone.page.evaluate("looksAway(true)")
    chat.add("Hej!", **{"from": "coach", "name": "Sara"})
    chat.add("Är du där?", **{"from": "coach", "name": "Sara"})
    await expect(phone.page).to_have_title("(2) Ingång")
    await phone.page.evaluate("looksAway(false)")
    await expect(phone.page).to_have_title("Ingång")


async def test_the_sound_is_off_until_it_is_wanted_and_stays_wanted(pick_up):
    phone = await pick_up()
    await phone.page.add_init_script(COUNT_NOTES)
    chat = await in_a_talk(phone)
    bell = bar(phone).get_by_role("button", name=SV["sound"])
    await expect(bell).to_have_attribute("aria-pressed", "false")
    chat.add("Hej!", **{"from": "coach", "name": "Sara"})
    await expect(phone.messages.last).to_contain_text("Hej!")
    assert await phone.page.evaluate("notes") == 0
    await bell.click()
    await expect(bell).to_have_attribute("aria-pressed", "true")
    before = await phone.page.evaluate("notes")
    chat.add("Hör du?", **{"from": "coach", "name": "Sara"})
    await expect(phone.messages.last).to_contain_text("Hör du?")
    assert await phone.page.evaluate("notes") == before + 2
    await phone.page.reload()
    await expect(bell).to_have_attribute("aria-pressed", "true")


async def test_a_translation_stands_above_what_was_written_each_in_its_language(phone):
    chat = await in_a_talk(phone, language="ar")
    translation = {
        "text": "مرحبًا، أنا سارة.",
        "language": "ar",
        "direction": "rtl",
        "label": "ترجمة آلية",
    }
    chat.add("Hej, jag heter Sara.", translation=translation, **{"from": "coach", "name": "Sara"})
    body = phone.messages.last.locator(".body")
    await expect(body).to_contain_text("ترجمة آلية")
    above, below = body.locator("> [lang=ar]"), body.locator("> [lang=sv]")
    await expect(above).to_have_attribute("dir", "rtl")
    await expect(below).to_have_attribute("dir", "ltr")
    await expect(below).to_have_text("Hej, jag heter Sara.")
    assert (await above.bounding_box())["y"] < (await below.bounding_box())["y"]
    await phone.shot("translation-ar")


async def test_how_it_was_is_answered_with_one_of_three_faces(phone):
    await phone.visit()
    faces = [
        button(label, f"face-{name}")
        for label, name in zip(FACES, ("good", "middling", "bad"), strict=True)
    ]
    phone.served.chat.conversation.add("Hur var det?", buttons=[*faces, button("Meny", "menu")])
    row = phone.page.locator("ingang-chat .faces").last
    await expect(row.locator("button")).to_have_text(list(FACES))
    first, last = row.locator("button").first, row.locator("button").last
    assert (await first.bounding_box())["y"] == (await last.bounding_box())["y"]
    assert (await first.locator("svg").bounding_box())["width"] >= 44
    await phone.shot("faces-sv")
    await last.click()
    assert await last.locator(".end").count() == 1
    await expect(phone.mine.last).to_contain_text("Inte bra")


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", ["ar", "sv"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_talk_fits_the_smallest_phone_and_axe_finds_nothing(
    pick_up, width, language, scheme
):
    phone = await pick_up(viewport={"width": width, "height": 640}, color_scheme=scheme)
    chat = await in_a_talk(phone, "Bartholomäus", language)
    chat.add("Hej!", **{"from": "coach", "name": "Bartholomäus"})
    await expect(phone.messages.last).to_contain_text("Hej!")
    chat.write()
    await expect(phone.page.locator("ingang-chat .writing")).not_to_be_empty()
    assert broken(await Axe().run(phone.page, options=RULES)) == []
    assert await phone.page.evaluate("document.documentElement.scrollWidth") <= width
    assert await phone.log.evaluate("(log) => log.scrollWidth <= log.clientWidth")
    assert await phone.root.evaluate(BOXES) == []
    send = await phone.page.locator("ingang-chat form button").bounding_box()
    tool = await phone.page.locator("ingang-chat .compose > button").first.bounding_box()
    assert abs(send["y"] - tool["y"]) < 4
    await phone.shot(f"talk-{language}-{scheme}-{width}")
