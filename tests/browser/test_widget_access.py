"""The chat can be seen, heard and worked by everyone: criteria A1-A24, as a machine sees them."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.fake_words import CHROME, SAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

# What a screen reader would say: nodes added below the nearest live region, unless it is off.
LISTEN = """
  (root) => {
    window.heard = [];
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) {
        const element = node.nodeType === 1 ? node : node.parentElement;
        if (!element || !element.isConnected) continue;
        const region = element.closest('[aria-live], [role=alert], [role=status], [role=log]');
        for (const each of new Set([region, ...element.querySelectorAll('[role=alert]')])) {
          const live = each && (each.getAttribute('aria-live')
            || { alert: 'assertive', status: 'polite', log: 'polite' }[each.role]);
          const words = (each === region ? element : each || element).textContent;
          if (live && live !== 'off') heard.push([live, words]);
        }
      }
    }).observe(root.getRootNode(), { childList: true, subtree: true });
  }
"""
BOXES = """
  (root) => [...root.querySelectorAll('button, textarea, [role=checkbox]')]
    .filter((node) => node.getClientRects().length)
    .map((node) => [node.textContent || node.id, node.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 43.5).map(([name]) => name)
"""


def broken(found):
    """Which rule is broken by what."""
    violations = found.response["violations"]
    return [(each["id"], node["html"]) for each in violations for node in each["nodes"]]


async def busy_chat(phone, language):
    """A conversation with one of everything."""
    await phone.visit(f"?lang={language}")
    chat = phone.served.chat.conversation
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    await phone.write("112")
    await expect(phone.messages).to_have_count(6)
    chat.add("Hej!", **{"from": "coach", "name": "Amina"})
    chat.add("Amina har kommit.", **{"from": "system"})
    await phone.write("Tack")
    await expect(phone.messages).to_have_count(10)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ar", "sv"])
async def test_axe_finds_nothing(pick_up, language, scheme):
    phone = await pick_up(color_scheme=scheme)
    await busy_chat(phone, language)
    for flip in await phone.page.locator("ingang-chat .flip").all():
        await flip.click()
    found = await Axe().run(phone.page, options=RULES)
    assert broken(found) == []
    await phone.shot(f"busy-{language}-{scheme}")


async def test_every_control_is_large_enough_for_a_thumb(phone):
    await busy_chat(phone, "sv")
    assert await phone.root.evaluate(BOXES) == []


async def test_what_is_new_is_read_aloud_once_and_what_was_there_is_not(phone):
    await phone.visit()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    await phone.page.reload()
    await phone.root.wait_for()
    await phone.root.evaluate(LISTEN)
    await expect(phone.messages).to_have_count(4)
    await phone.page.wait_for_timeout(600)
    assert await phone.page.evaluate("heard") == []
    await phone.write("Hej igen")
    await expect(phone.messages).to_have_count(6)
    polite = await phone.page.evaluate("heard")
    assert [[live, "Skaffa personnummer" in text] for live, text in polite] == [["polite", True]]


async def test_a_crisis_card_interrupts_once(phone):
    await phone.visit()
    await phone.root.evaluate(LISTEN)
    await phone.write("112")
    await expect(phone.messages).to_have_count(4)
    heard = await phone.page.evaluate("heard")
    assert [(live, "Viktigt" in text) for live, text in heard] == [("assertive", True)]


async def test_changes_and_ticks_are_silent(phone):
    await phone.visit()
    await phone.write("Hej")
    await expect(phone.messages).to_have_count(4)
    chat = phone.served.chat.conversation
    await phone.root.evaluate(LISTEN)
    chat.change(chat.messages[2], state="read")
    chat.change(chat.messages[0], text="Välkommen hit.")
    await expect(phone.mine.locator(".tick")).to_have_text("Läst")
    await expect(phone.messages.first).to_contain_text("Välkommen hit.")
    assert await phone.page.evaluate("heard") == []


async def test_the_log_has_a_name_and_is_there_before_the_first_message(phone):
    await phone.page.route("**/chat/session", lambda route: route.abort())
    await phone.page.goto(phone.served.url)
    await expect(phone.page.get_by_role("log", name="Meddelanden")).to_have_count(1)
    await expect(phone.messages).to_have_count(0)


async def test_everything_is_reached_by_keyboard(pick_up):
    phone = await pick_up(viewport={"width": 1280, "height": 800})
    await phone.visit()
    await phone.input.focus()
    await phone.page.keyboard.type("Hej")
    await phone.page.keyboard.press("Shift+Enter")
    await phone.page.keyboard.type("igen")
    await phone.page.keyboard.press("Enter")
    await expect(phone.mine).to_have_count(1)
    assert phone.served.chat.said() == ["Hej\nigen"]
    await expect(phone.messages).to_have_count(4)
    seen = set()
    for _press in range(40):
        await phone.page.keyboard.press("Tab")
        seen.add(
            await phone.page.evaluate(
                "document.activeElement.shadowRoot?.activeElement"
                "?.textContent || document.activeElement.textContent"
            )
        )
    wanted = {*SAMPLES["sv"]["menu"], CHROME["sv"]["leave"], CHROME["sv"]["shared"], "Telegram"}
    assert wanted <= {text.strip() for text in seen}
    await phone.messages.last.get_by_role("button", name="Meny").focus()
    await phone.page.keyboard.press("Enter")
    await expect(phone.mine).to_have_count(2)


async def test_a_word_being_composed_is_not_sent(pick_up):
    phone = await pick_up(viewport={"width": 1280, "height": 800})
    await phone.visit()
    await phone.input.fill("ሰላ")
    await phone.input.evaluate("""(input) => input.dispatchEvent(new KeyboardEvent('keydown',
        { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))""")
    await expect(phone.input).to_have_value("ሰላ")


async def test_new_messages_never_move_the_focus(phone):
    await phone.visit()
    await phone.input.focus()
    phone.served.chat.conversation.add("Hej!")
    await expect(phone.messages).to_have_count(3)
    await expect(phone.input).to_be_focused()


async def test_a_small_window_is_enough(pick_up):
    phone = await pick_up(viewport={"width": 320, "height": 256})
    await busy_chat(phone, "ar")
    wide = await phone.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320
    assert await phone.log.evaluate("(log) => log.scrollWidth <= log.clientWidth")
    await phone.page.locator("ingang-chat").scroll_into_view_if_needed()
    await expect(phone.input).to_be_in_viewport(ratio=1)
    await expect(phone.page.locator("ingang-chat form button")).to_be_in_viewport(ratio=1)
    assert (await phone.log.bounding_box())["height"] > 80
    await phone.shot("small-ar")


async def test_text_twice_as_large_fits(phone):
    await phone.page.add_init_script(
        "addEventListener('DOMContentLoaded',"
        " () => { document.documentElement.style.fontSize = '200%' })"
    )
    await busy_chat(phone, "sv")
    assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await phone.log.evaluate("(log) => log.scrollWidth <= log.clientWidth")
    assert (
        await phone.input.evaluate("(input) => parseFloat(getComputedStyle(input).fontSize)") == 32
    )
    await phone.shot("large-sv")


async def test_forced_colours_keep_every_edge(pick_up):
    phone = await pick_up(forced_colors="active")
    await busy_chat(phone, "sv")
    edge = await phone.mine.last.locator(".body").evaluate(
        "(node) => getComputedStyle(node).borderTopWidth"
    )
    assert edge == "1px"
    await phone.shot("forced-sv")


async def test_arabic_and_ethiopic_lines_have_air(phone):
    await phone.visit("?lang=ar")
    for language in ("ar", "ti"):
        ratio = await phone.messages.last.evaluate(
            """(node, language) => {
              node.lang = language;
              const style = getComputedStyle(node.querySelector('.body p'));
              return parseFloat(style.lineHeight) / parseFloat(style.fontSize);
            }""",
            language,
        )
        assert ratio >= 1.6


async def test_no_ethiopic_letter_is_an_empty_box(phone):
    await phone.visit()
    letters = await phone.root.evaluate("""(root) => ['ሀ', 'ለ', '\\u{10FFFE}'].map((letter) => {
      const pen = document.createElement('canvas').getContext('2d');
      pen.font = `40px ${getComputedStyle(root).fontFamily}`;
      pen.fillText(letter, 10, 60);
      return pen.getImageData(0, 0, 80, 80).data.join();
    })""")
    assert len(set(letters)) == 3


async def test_the_animation_is_left_out_when_asked(pick_up):
    for wish, expected in (("reduce", "none"), ("no-preference", "arrive")):
        phone = await pick_up(reduced_motion=wish)
        await phone.visit()
        style = await phone.messages.last.evaluate(
            "(node) => getComputedStyle(node).animationName"
        )
        assert style == expected
