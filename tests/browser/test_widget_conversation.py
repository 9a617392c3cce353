"""A conversation in the web chat, as a person on a phone has it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.fake_chat import button, marked
from tests.browser.fake_words import SAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SV, AR = SAMPLES["sv"], SAMPLES["ar"]


async def test_the_first_page_greets_and_shows_its_buttons(phone):
    await phone.visit()
    await expect(phone.messages).to_have_count(2)
    await expect(phone.buttons).to_have_text(list(SV["menu"]))
    await phone.shot("start-sv")


async def test_a_question_is_answered_with_marked_words_steps_and_source(phone):
    await phone.visit()
    await phone.write("Hur får jag personnummer?")
    answer = phone.messages.last
    await expect(answer.locator("strong").first).to_have_text("Skaffa personnummer")
    call = answer.get_by_role("link", name="0771-567 567")
    assert await call.get_attribute("href") == "tel:+46771567567"
    assert await call.get_attribute("dir") == "ltr"
    source = answer.locator("a[target]")
    assert await source.get_attribute("rel") == "noopener noreferrer"
    await expect(answer.locator(".item")).to_have_count(3)
    await phone.shot("answer-sv")


async def test_who_speaks_stands_in_words(phone):
    await phone.visit()
    chat = phone.served.chat.conversation
    await phone.write("Hej")
    await expect(phone.mine.locator(".from")).to_contain_text("Du")
    chat.add("Hej, jag kan hjälpa dig.", **{"from": "coach", "name": "Amina"})
    coach = phone.page.locator("ingang-chat article.coach .from b")
    await expect(coach).to_have_text("\u2068Amina\u2069, en människa")
    automatic = phone.page.locator("ingang-chat article.assistant .from b").first
    await expect(automatic).to_have_text("Assistent (automatisk)")


async def test_a_message_on_its_way_says_so_and_then_that_it_is_sent_and_read(phone):
    await phone.visit()
    chat = phone.served.chat
    await phone.write("Hej")
    await expect(phone.mine.locator(".tick")).to_have_text("Skickat")
    chat.conversation.change(chat.conversation.messages[2], state="read")
    await expect(phone.mine.locator(".tick")).to_have_text("Läst")
    await expect(phone.mine).to_have_count(1)


async def test_a_changed_message_takes_the_place_of_its_older_self(phone):
    await phone.visit()
    chat = phone.served.chat.conversation
    late = chat.add("Din tid är klockan tio.")
    await expect(phone.messages.last).to_contain_text("klockan tio")
    chat.change(late, text="Din tid är klockan elva.")
    await expect(phone.messages.last).to_contain_text("klockan elva")
    await expect(phone.messages).to_have_count(3)
    chat.change(late, state="void")
    await expect(phone.messages).to_have_count(2)


async def test_two_quick_taps_are_one(phone):
    await phone.visit()
    await phone.page.get_by_role("button", name=SV["menu"][1]).dblclick()
    await expect(phone.mine).to_have_count(1)
    assert len(phone.served.chat.received) == 1
    await expect(phone.page.locator("ingang-chat .tapped")).to_have_text(f"{SV['menu'][1]}Vald")


async def test_buttons_of_older_messages_work_but_step_back(phone):
    await phone.visit()
    await phone.write("Hej")
    await expect(phone.page.locator("ingang-chat article.now")).to_have_count(1)
    await expect(phone.messages.last).to_have_class("assistant live now")
    await phone.page.get_by_role("button", name=SV["menu"][2]).click()
    await expect(phone.mine.last).to_contain_text(SV["menu"][2])


async def test_arabic_runs_from_right_to_left_with_latin_parts_whole(phone):
    await phone.visit("?lang=ar")
    await expect(phone.root).to_have_attribute("dir", "rtl")
    await expect(phone.root).to_have_attribute("lang", "ar")
    await expect(phone.input).to_have_attribute("dir", "rtl")
    await phone.input.fill("Hej")
    await expect(phone.input).to_have_attribute("dir", "auto")
    await phone.write("كيف أحصل على رقم شخصي؟")
    answer = phone.messages.last
    await expect(answer).to_have_attribute("dir", "rtl")
    await expect(answer).to_have_attribute("lang", "ar")
    call = answer.locator("a[href^=tel]").first
    rows = "(link) => new Set([...link.getClientRects()].map((box) => box.y)).size"
    assert await call.evaluate(rows) == 1
    await expect(call).to_have_css("white-space", "nowrap")
    send = await phone.page.locator("ingang-chat form button").bounding_box()
    assert send["x"] < 100
    await phone.shot("answer-ar")


async def test_her_own_words_keep_to_their_side_in_either_direction(phone):
    await phone.visit("?lang=ar")
    await phone.write("Hej, jag heter Omar")
    await phone.write("مرحبا")
    await expect(phone.mine).to_have_count(2)
    for box in await phone.mine.locator(".body").all():
        assert (await box.bounding_box())["x"] < 40
    assert await phone.mine.first.locator("p").last.get_attribute("dir") == "auto"


async def test_the_swedish_twin_opens_in_its_place(phone):
    await phone.visit("?lang=ar")
    await phone.write("كيف أحصل على رقم شخصي؟")
    twin = phone.messages.last.locator(".twin")
    await expect(twin).to_be_hidden()
    flip = phone.messages.last.get_by_role("button", name="Svenska")
    await expect(flip).to_have_attribute("lang", "sv")
    await expect(flip).to_have_attribute("aria-expanded", "false")
    await flip.click()
    await expect(twin).to_be_visible()
    await expect(twin).to_have_attribute("lang", "sv")
    await expect(twin).to_have_attribute("dir", "ltr")
    await expect(twin).to_contain_text("Anmäl din flytt")
    await twin.scroll_into_view_if_needed()
    await phone.shot("twin-ar")


async def test_a_card_made_to_be_shown_has_its_swedish_below(phone):
    await phone.visit("?lang=ar")
    swedish = marked("Tid: måndag 23 november (23/11) 15:05") | {
        "language": "sv",
        "direction": "ltr",
    }
    phone.served.chat.conversation.add(
        "الوقت: الاثنين 23 نوفمبر \u2066(23/11)\u2069 \u206615:05\u2069", twin=swedish
    )
    await expect(phone.messages.last.locator(".twin")).to_be_visible()
    await phone.shot("card-ar")


async def test_the_language_is_changed_with_one_tap_at_the_top(phone):
    await phone.visit()
    await phone.page.get_by_role("button", name="Språk: Svenska").click()
    await expect(phone.mine.last).to_contain_text("Språk")
    await phone.tap("العربية")
    await expect(phone.root).to_have_attribute("dir", "rtl")
    await expect(phone.page.get_by_role("button", name="اللغة: العربية")).to_be_visible()
    old = phone.page.locator("ingang-chat article.assistant").first
    await expect(old).to_have_attribute("lang", "sv")
    await expect(old.locator(".from")).to_have_attribute("lang", "ar")
    await phone.page.reload()
    await expect(phone.root).to_have_attribute("dir", "rtl")


async def test_a_language_link_on_the_page_changes_the_chat_that_is_going_on(phone):
    await phone.visit()
    await phone.page.get_by_role("link", name="العربية").click()
    await expect(phone.root).to_have_attribute("dir", "rtl")
    await expect(phone.mine.locator(".body")).to_have_text(["العربية"])
    assert len(phone.served.chat.conversations) == 1


async def test_a_person_is_one_tap_away_on_every_view(phone):
    await phone.visit()
    talk = phone.page.get_by_role("button", name="Prata med en människa").first
    before = await talk.bounding_box()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    assert await talk.bounding_box() == before
    await talk.click()
    await expect(phone.mine).to_have_count(2)
    await expect(phone.messages.last).to_contain_text(SV["reach"])
    assert phone.served.chat.said() == ["Hej", "/person"]
    await expect(phone.mine.last.locator(".body")).to_have_text("Prata med en människa")


async def test_what_the_upper_buttons_say_is_shown_in_words_not_as_a_command(phone):
    await phone.visit("?lang=ar")
    await phone.page.get_by_role("button", name="التحدث مع شخص").first.click()
    await expect(phone.mine.locator(".tick")).to_have_text("تم الإرسال")
    await expect(phone.mine.locator(".body")).to_have_text("التحدث مع شخص")


async def test_a_crisis_card_looks_different_and_its_number_can_be_called(phone):
    await phone.visit()
    await phone.write("112")
    card = phone.page.locator("ingang-chat article.crisis")
    await expect(card).to_contain_text("Viktigt")
    await expect(card.locator(".body")).to_have_attribute("role", "alert")
    assert await card.locator("a").get_attribute("href") == "tel:112"
    await phone.shot("crisis-sv")


async def test_a_long_answer_is_shown_from_its_first_line(phone):
    await phone.visit()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    top = (await phone.log.bounding_box())["y"]
    begins = (await phone.messages.last.bounding_box())["y"]
    assert 0 <= begins - top < 40


async def test_a_new_message_does_not_pull_away_who_reads_further_up(phone):
    await phone.visit()
    for text in ("Ett", "Två"):
        await phone.write(text)
    await expect(phone.messages).to_have_count(6)
    await phone.log.evaluate("(log) => { log.scrollTop = 0 }")
    phone.served.chat.conversation.add("En sak till.")
    below = phone.page.get_by_role("button", name="Nytt meddelande längre ner")
    await expect(below).to_be_visible()
    assert await phone.log.evaluate("(log) => log.scrollTop") == 0
    await below.click()
    await expect(phone.messages.last).to_be_in_viewport()
    await expect(below).to_be_hidden()


async def test_navigation_stands_side_by_side_and_answers_one_per_row(phone):
    await phone.visit()
    labels = [button("Ett alternativ"), button("Ett annat alternativ")]
    navigation = [button("Tillbaka", "back"), button("Meny", "menu")]
    phone.served.chat.conversation.add("Välj.", buttons=labels + navigation)
    options = phone.messages.last.locator(".options button")
    await expect(options).to_have_count(2)
    boxes = [await each.bounding_box() for each in await options.all()]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    assert all(box["width"] > 300 and box["height"] >= 44 for box in boxes)
    back, menu = await phone.messages.last.locator(".nav button").all()
    assert (await back.bounding_box())["y"] == (await menu.bounding_box())["y"]
