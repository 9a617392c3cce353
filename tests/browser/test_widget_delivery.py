"""Nothing that was written is lost, and nothing is said twice, whatever the line does."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.fake_chat import Refused
from tests.browser.fake_words import SAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
OFFLINE = "Ingen kontakt just nu."


async def test_a_reload_shows_the_same_conversation_once(phone):
    await phone.visit()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    before = await phone.messages.locator(".body").all_inner_texts()
    await phone.page.reload()
    await expect(phone.messages).to_have_count(4)
    assert await phone.messages.locator(".body").all_inner_texts() == before
    assert len(phone.served.chat.conversations) == 1


async def test_what_is_written_offline_is_sent_once_when_the_line_is_back(phone):
    await phone.visit()
    await phone.page.context.set_offline(True)
    await phone.write("Ett")
    await phone.write("Två")
    await expect(phone.status).to_contain_text(OFFLINE)
    await expect(phone.mine.locator("button.tick").first).to_have_text("Inte skickat. Försök igen")
    await phone.shot("offline-sv")
    await phone.page.context.set_offline(False)
    await expect(phone.status).to_be_empty()
    await expect(phone.mine.locator(".tick")).to_have_text(["Skickat", "Skickat"])
    assert phone.served.chat.said() == ["Ett", "Två"]


async def test_what_is_written_offline_survives_a_reload(phone):
    await phone.visit()
    await phone.page.route("**/chat/messages**", lambda route: route.abort())
    await phone.write("Ett")
    await expect(phone.status).to_contain_text(OFFLINE)
    await phone.page.reload()
    await expect(phone.mine).to_have_count(1)
    await phone.page.unroute("**/chat/messages**")
    await expect(phone.mine.locator("span.tick")).to_have_text("Skickat", timeout=8_000)
    await expect(phone.messages).to_have_count(4)
    assert phone.served.chat.said() == ["Ett"]


async def test_an_answer_lost_on_the_way_back_makes_no_double(phone):
    await phone.visit()
    phone.served.chat.lose_answers = 2
    await phone.write("Hej")
    await expect(phone.mine.locator("span.tick")).to_have_text("Skickat", timeout=10_000)
    received = [each["client_id"] for each in phone.served.chat.received]
    assert len(received) >= 2
    assert len(set(received)) == 1
    await expect(phone.mine).to_have_count(1)
    assert phone.served.chat.said() == ["Hej"]


async def test_a_chat_begun_whose_answer_is_lost_is_begun_once(phone):
    phone.served.chat.lose_answers = 1
    await phone.visit()
    await expect(phone.messages).to_have_count(2)
    assert len(phone.served.chat.conversations) == 1


async def test_try_again_sends_at_once(phone):
    await phone.visit()
    await phone.page.route("**/chat/messages**", lambda route: route.abort())
    await phone.write("Hej")
    again = phone.page.get_by_role("button", name="Inte skickat. Försök igen")
    await again.wait_for()
    await phone.page.unroute("**/chat/messages**")
    await again.click()
    await expect(phone.mine.locator("span.tick")).to_have_text("Skickat")
    assert phone.served.chat.said() == ["Hej"]


async def test_without_sockets_messages_come_by_waiting_requests(phone):
    phone.served.chat.sockets = False
    await phone.visit()
    async with phone.page.expect_request("**/chat/messages*wait=25", timeout=10_000):
        pass
    phone.served.chat.conversation.add("Jag kommer ändå fram.")
    await expect(phone.messages.last).to_contain_text("Jag kommer ändå fram.")
    await phone.write("Hej")
    await expect(phone.mine).to_have_count(1)


async def test_a_coachs_message_comes_by_itself(phone):
    await phone.visit()
    phone.served.chat.conversation.add("Hej, det är Amina.", **{"from": "coach"})
    await expect(phone.messages.last).to_contain_text("Hej, det är Amina.")


async def test_two_tabs_show_one_conversation(phone):
    await phone.visit()
    other = await phone.page.context.new_page()
    await other.goto(phone.served.url)
    await phone.write("Hej")
    await expect(other.locator("ingang-chat article")).to_have_count(4)
    assert len(phone.served.chat.conversations) == 1
    assert phone.served.chat.said() == ["Hej"]


async def test_who_sends_to_a_chat_that_is_gone_goes_on_in_a_new_one(phone):
    await phone.visit()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    phone.served.chat.conversations.clear()
    await phone.write("Hej igen")
    note = phone.page.locator("ingang-chat .note")
    await expect(note).to_have_text("Den gamla chatten är stängd. Det här är en ny.")
    await expect(phone.mine.locator(".tick").last).to_have_text("Skickat")
    assert phone.served.chat.said() == ["Hej igen"]
    await phone.shot("renewed-sv")


async def test_who_watches_a_chat_end_may_read_on_and_start_again(phone):
    await phone.visit()
    phone.served.chat.forget_everyone()
    start = phone.page.get_by_role("button", name="Starta en ny chatt")
    await start.wait_for(timeout=8_000)
    await expect(phone.messages).to_have_count(2)
    await expect(phone.buttons.first).to_be_disabled()
    assert not phone.served.chat.conversations
    await phone.shot("ended-sv")
    await start.click()
    await expect(phone.messages).to_have_count(4)
    assert len(phone.served.chat.conversations) == 1


async def test_a_stored_token_that_is_gone_leads_to_a_new_chat(phone):
    await phone.visit()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    phone.served.chat.conversations.clear()
    await phone.page.reload()
    await expect(phone.page.locator("ingang-chat .note")).to_be_visible()
    await expect(phone.messages).to_have_count(2)


@pytest.mark.parametrize("status", [413, 422])
async def test_what_cannot_be_taken_is_given_back_with_the_reason(phone, status):
    await phone.visit()
    phone.served.chat.refusals = [Refused(status, "Texten är för lång.")]
    await phone.write("Min långa text")
    await expect(phone.status).to_have_text("Texten är för lång.")
    await expect(phone.input).to_have_value("Min långa text")
    await expect(phone.mine).to_have_count(0)
    await phone.write("Kortare")
    await expect(phone.status).to_be_empty()
    await expect(phone.mine).to_have_count(1)
    assert phone.served.chat.said() == ["Kortare"]


async def test_too_many_messages_wait_as_long_as_the_server_asks(phone):
    await phone.visit()
    phone.served.chat.refusals = [Refused(429, "Slow down.", "1")]
    await phone.write("Hej")
    await expect(phone.status).to_contain_text("Vänta lite.")
    await expect(phone.mine.locator(".tick")).to_have_text("Skickat")
    assert phone.served.chat.said() == ["Hej"]
    await expect(phone.status).to_be_empty()


async def test_a_server_in_trouble_is_asked_again(phone):
    await phone.visit()
    phone.served.chat.refusals = [Refused(503, "Back soon.")]
    await phone.write("Hej")
    await expect(phone.mine.locator("span.tick")).to_have_text("Skickat")
    assert phone.served.chat.said() == ["Hej"]


async def test_a_tap_made_offline_is_done_when_the_line_is_back(phone):
    await phone.visit()
    await phone.page.context.set_offline(True)
    await phone.tap(SAMPLES["sv"]["menu"][1])
    await expect(phone.status).to_contain_text(OFFLINE)
    await phone.page.context.set_offline(False)
    await expect(phone.mine).to_contain_text(SAMPLES["sv"]["menu"][1])
    assert phone.served.chat.said() == [SAMPLES["sv"]["menu"][1]]
