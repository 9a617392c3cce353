"""Photos and recordings in the web chat: made, looked at or heard, sent once, and shown."""

from __future__ import annotations

import io

import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import expect

from tests.browser.fake_chat import Refused
from tests.browser.fake_words import CHROME
from tests.browser.test_widget_access import BOXES, RULES, broken
from tests.recordings import recording

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SV = CHROME["sv"]
SHOWN = "(image) => image.complete && image.naturalWidth > 0"


def a_photo(width=3000, height=1500) -> dict[str, object]:
    """A picture as a phone takes it."""
    content = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(content, "JPEG", quality=95)
    return {"name": "letter.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


async def choose(phone, photo):
    """Take a photo, as the camera's button does."""
    async with phone.page.expect_file_chooser() as chooser:
        await phone.page.get_by_role("button", name=SV["photo"]).click()
    await (await chooser.value).set_files(photo)


def draft(phone):
    """What is about to be sent."""
    return phone.page.locator("ingang-chat .draft")


async def press(phone, key):
    await draft(phone).get_by_role("button", name=SV[key], exact=True).click()


async def test_nothing_of_it_is_loaded_before_it_is_needed(phone):
    await phone.visit()
    assert not [url for url in phone.requests if "widget-files" in url]


async def test_a_photo_is_looked_at_made_smaller_and_sent_once(phone):
    await phone.visit()
    photo = a_photo()
    await choose(phone, photo)
    await expect(draft(phone)).to_contain_text(SV["only"])
    await expect(draft(phone).locator(".go")).to_be_focused()
    assert await draft(phone).locator("img").evaluate(SHOWN)
    assert broken(await Axe().run(phone.page, options=RULES)) == []
    assert await phone.root.evaluate(BOXES) == []
    await phone.shot("photo-draft-sv")
    await press(phone, "send")
    await expect(phone.mine.locator(".tick")).to_have_text("Skickat")
    await expect(phone.mine).to_have_count(1)
    shown = phone.mine.locator("img")
    await shown.scroll_into_view_if_needed()
    await expect(shown).to_have_attribute("alt", SV["image"])
    [(content, media)] = phone.served.chat.files.values()
    assert media == "image/jpeg"
    assert Image.open(io.BytesIO(content)).size == (2000, 1000)
    assert len(content) < len(photo["buffer"])
    assert not [url for url in phone.requests if "/chat/files/" in url]
    await phone.shot("photo-sent-sv")
    await phone.page.reload()
    await expect(phone.mine).to_have_count(1)
    await phone.mine.scroll_into_view_if_needed()
    await expect(phone.mine.locator("img")).to_be_visible()
    assert await phone.mine.locator("img").evaluate(SHOWN)
    assert await phone.page.evaluate("violations") == []


async def test_a_photo_thrown_away_is_sent_to_nobody(phone):
    await phone.visit()
    await choose(phone, a_photo(200, 100))
    await press(phone, "drop")
    await expect(draft(phone)).to_be_hidden()
    await expect(phone.input).to_be_visible()
    assert phone.served.chat.files == {}


async def test_two_quick_taps_send_it_once(phone):
    await phone.visit()
    await choose(phone, a_photo(200, 100))
    await draft(phone).locator(".go").evaluate("(send) => { send.click(); send.click(); }")
    await expect(phone.mine.locator(".tick")).to_have_text("Skickat")
    assert len(phone.served.chat.files) == 1


async def test_a_photo_taken_offline_survives_a_reload_and_keeps_its_place(phone):
    await phone.visit()
    await phone.page.route("**/chat/files**", lambda route: route.abort())
    await choose(phone, a_photo(200, 100))
    await press(phone, "send")
    await phone.write("Det är brevet.")
    await expect(phone.mine.locator("button.tick").first).to_have_text(SV["unsent"])
    await phone.page.reload()
    await expect(phone.mine).to_have_count(2)
    assert await phone.mine.first.locator("img").evaluate(SHOWN)
    await phone.page.unroute("**/chat/files**")
    await expect(phone.mine.locator("span.tick")).to_have_text(
        [SV["sent"], SV["sent"]], timeout=10_000
    )
    assert phone.served.chat.said() == ["(photo)", "Det är brevet."]


async def test_a_photo_with_no_room_to_be_kept_is_missed_aloud_after_a_reload(phone):
    await phone.visit()
    await phone.page.route("**/chat/files**", lambda route: route.abort())
    await phone.page.evaluate("localStorage.setItem('other', 'x'.repeat(5_200_000))")
    await choose(phone, a_photo(1200, 1200))
    await press(phone, "send")
    await expect(phone.mine.locator("button.tick")).to_have_text(SV["unsent"])
    await phone.page.reload()
    await expect(phone.status).to_have_text(SV["refused"])
    await expect(phone.mine).to_have_count(0)


async def test_a_file_that_is_not_taken_says_why(phone):
    await phone.visit()
    phone.served.chat.refusals = [Refused(415, "Det är inget foto.")]
    await choose(phone, {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"MZ nothing"})
    await press(phone, "send")
    await expect(phone.status).to_have_text("Det är inget foto.")
    await expect(phone.mine).to_have_count(0)
    await phone.write("Hej")
    await expect(phone.mine.locator(".tick")).to_have_text(SV["sent"])


async def test_a_file_too_many_for_today_does_not_hold_up_her_words(phone):
    await phone.visit()
    phone.served.chat.refusals = [Refused(429, "Det var mycket på en gång.")]
    await choose(phone, a_photo())
    await press(phone, "send")
    await expect(phone.status).to_have_text("Det var mycket på en gång.")
    await expect(phone.mine).to_have_count(0)
    await phone.write("Hej")
    await expect(phone.mine.locator(".tick")).to_have_text(SV["sent"])


async def test_a_recording_is_made_heard_and_sent(pick_up):
    phone = await pick_up(permissions=["microphone"])
    await phone.visit()
    await phone.page.get_by_role("button", name=SV["voice"]).click()
    await expect(draft(phone)).to_contain_text(SV["recording"])
    await expect(draft(phone)).to_contain_text("0:01", timeout=4_000)
    await phone.shot("recording-sv")
    await press(phone, "done")
    await expect(draft(phone)).to_contain_text(SV["only"])
    await draft(phone).get_by_role("button", name=SV["play"]).click()
    await expect(draft(phone)).to_contain_text(SV["pause"])
    assert broken(await Axe().run(phone.page, options=RULES)) == []
    await phone.shot("heard-sv")
    await press(phone, "send")
    await expect(phone.mine.locator(".tick")).to_have_text(SV["sent"])
    [(content, media)] = phone.served.chat.files.values()
    assert media.startswith("audio/webm")
    assert content[:4] == b"\x1a\x45\xdf\xa3"
    assert await phone.page.evaluate("violations") == []


async def test_a_recording_thrown_away_leaves_the_microphone(pick_up):
    phone = await pick_up(permissions=["microphone"])
    await phone.page.add_init_script("""
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wish) => (window.stream = await ask(wish));
    """)
    await phone.visit()
    await phone.page.get_by_role("button", name=SV["voice"]).click()
    await press(phone, "drop")
    await expect(phone.input).to_be_visible()
    await expect(phone.page.get_by_role("button", name=SV["voice"])).to_be_focused()
    assert await phone.page.evaluate("stream.getTracks().every((t) => t.readyState === 'ended')")
    assert phone.served.chat.files == {}


async def test_a_microphone_that_is_not_allowed_is_said_in_words(phone):
    await phone.visit()
    await phone.page.evaluate("""() => {
      navigator.mediaDevices.getUserMedia = async () => { throw new Error('no'); };
    }""")
    await phone.page.get_by_role("button", name=SV["voice"]).click()
    await expect(phone.status).to_have_text(SV["deaf"])
    await expect(phone.input).to_be_visible()


async def test_without_a_microphone_there_is_no_button_for_it(pick_up):
    phone = await pick_up()
    await phone.page.add_init_script("delete window.MediaRecorder")
    await phone.visit()
    await expect(phone.page.get_by_role("button", name=SV["photo"])).to_be_visible()
    await expect(phone.page.get_by_role("button", name=SV["voice"])).to_have_count(0)


async def test_a_coachs_voice_is_fetched_when_it_is_wanted_and_played(phone):
    await phone.visit()
    chat = phone.served.chat
    file = {"kind": "voice", "media": "audio/mpeg", "seconds": 75}
    message = chat.conversation.add(
        "(Ett röstmeddelande, 75 sekunder)", file=file, **{"from": "coach", "name": "Sara"}
    )
    chat.files[message["id"]] = (recording(), "audio/ogg")
    play = phone.messages.last.get_by_role("button", name=SV["play"])
    await expect(play).to_contain_text("1:15")
    assert not [url for url in phone.requests if "/chat/files/" in url]
    await phone.shot("voice-sv")
    await play.click()
    await expect(phone.messages.last.locator(".play")).to_contain_text(SV["pause"])
    asked = [url for url in phone.requests if "/chat/files/" in url]
    assert len(asked) == 1
    assert "token" not in asked[0]


async def test_a_file_that_is_gone_says_so_where_it_was(phone):
    await phone.visit()
    file = {"kind": "voice", "media": "audio/mpeg", "seconds": 5}
    phone.served.chat.conversation.add("(Ett röstmeddelande)", file=file, **{"from": "coach"})
    play = phone.messages.last.get_by_role("button", name=SV["play"])
    await play.click()
    await expect(phone.messages.last.locator(".lost")).to_have_text("Det är borttaget.")
    await play.click()
    await expect(phone.messages.last.locator(".lost")).to_have_count(1)


async def test_where_the_page_around_forbids_pictures_there_is_a_link(phone):
    strict = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"

    async def forbid(route):
        answer = await route.fetch()
        headers = answer.headers | {"content-security-policy": strict}
        await route.fulfill(response=answer, headers=headers)

    await phone.page.route(phone.served.url + "?lang=sv", forbid)
    await phone.visit()
    await choose(phone, a_photo(200, 100))
    await expect(draft(phone).get_by_role("link", name=SV["file"])).to_be_visible()
    await press(phone, "send")
    link = phone.mine.get_by_role("link", name=SV["file"])
    await expect(link).to_have_attribute("download", "")
