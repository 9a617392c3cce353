"""Rendering: right to left, values, twins, and the form in which messages are stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from dialogs import cards
from dialogs.core import say, to
from dialogs.messages import Excerpt, Lines, Place, Quote, Twin
from dialogs.ports import Meeting
from dialogs.render import Renderer
from dialogs.stored import dump_reply, load_reply
from dialogs.text import Text, Web, Words, _, n_
from tests.fakes import COACHING, TUESDAY_NINE, UNIT

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
MEETING = Meeting("b1", 1, "confirmed", COACHING, TUESDAY_NINE, TUESDAY_NINE, UNIT, "Sara Öberg")


def test_a_moment_has_one_pattern_in_every_language(renderer: Renderer) -> None:
    text = Text("{at:moment}", (("at", AT),))
    assert renderer.plain(text, "sv") == "måndag 23 november (23/11) 15:05"
    assert renderer.plain(text, "en") == "Monday 23 November (23/11) 15:05"
    arabic = renderer.plain(text, "ar")
    assert "الاثنين 23 نوفمبر" in arabic
    assert "\u2066(23/11)\u2069 \u206615:05\u2069" in arabic


def test_a_swedish_address_stays_whole_in_arabic(renderer: Renderer) -> None:
    rendered = renderer.render(say(cards.meeting_card(MEETING)), "ar")
    assert "\u2068Medborgarplatsen 4\u2069" in rendered.text
    assert "\u2068Sara Öberg\u2069" in rendered.text
    assert rendered.direction == "rtl"


def test_every_line_of_a_right_to_left_message_starts_right_to_left(renderer: Renderer) -> None:
    rendered = renderer.render(say(Text("112"), Text("1. Start")), "ar")
    assert all(line.startswith("\u200f") for line in rendered.text.split("\n") if line)


def test_a_card_shows_the_swedish_beside_it(renderer: Renderer) -> None:
    rendered = renderer.render(say(cards.meeting_card(MEETING), twin=Twin.SHOWN), "ar")
    assert rendered.twin is not None
    assert "tisdag 24 november" in rendered.twin.text
    assert not rendered.twin_folded
    assert renderer.render(say(cards.meeting_card(MEETING), twin=Twin.SHOWN), "sv").twin is None


def test_the_short_form_is_plain_text_without_marks(renderer: Renderer) -> None:
    meeting = replace(MEETING, card="https://ingang.example/m/b1.mac")
    reply = say(cards.meeting_card(meeting), brief=cards.in_brief(meeting))

    swedish, arabic = (renderer.render(reply, code).brief for code in ("sv", "ar"))

    assert swedish == "tis 24/11 09:00, Etableringscentrum\nhttps://ingang.example/m/b1.mac"
    assert arabic is not None
    assert "24/11 09:00" in arabic
    assert arabic.endswith("Etableringscentrum\nhttps://ingang.example/m/b1.mac")
    assert not set(arabic) & set("\u2066\u2067\u2068\u2069\u200e\u200f")
    assert load_reply(dump_reply(reply)) == reply
    assert renderer.render(load_reply(dump_reply(say(Text("Hello")))), "en").brief is None


def test_a_name_can_never_become_markup(renderer: Renderer) -> None:
    evil = "**Bo** [x](https://evil.example) {at:moment}\n# 1. <b>"
    rendered = renderer.render(say(Text("Hello {name}", (("name", evil),))), "en")
    assert rendered.text == f"Hello {evil}"
    assert rendered.entities == ()


def test_entities_count_in_utf_16_units(renderer: Renderer) -> None:
    text = Text("😀 **fet** {link}", (("link", Web("sida", "https://a.se/")),))
    rendered = renderer.render(say(text), "en")
    units = rendered.text.encode("utf-16-le")
    runs = {
        units[each.offset * 2 : (each.offset + each.length) * 2].decode("utf-16-le")
        for each in rendered.entities
    }
    assert runs == {"fet", "sida"}


def test_a_number_chooses_its_plural(renderer: Renderer) -> None:
    def seats(number: int) -> str:
        return renderer.plain(n_("One seat left", "{n:number} seats left", n=number), "en")

    assert seats(1) == "One seat left"
    assert seats(7) == "7 seats left"


def test_an_article_that_is_gone_does_not_stop_a_transcript(renderer: Renderer) -> None:
    rendered = renderer.render(say(Excerpt("long-gone", "sv", 0, "x")), "sv")
    assert rendered.text == "long-gone"


def test_an_article_with_fewer_sections_than_before_is_still_shown(renderer: Renderer) -> None:
    rendered = renderer.render(say(Excerpt("personnummer", "sv", 9, "x")), "sv")
    assert "personnummer" in rendered.text


def test_the_operators_words_fall_back_to_swedish(renderer: Renderer) -> None:
    words = Words.of({"sv": "Rådgivning"})
    assert renderer.plain(Text("{what}", (("what", words),)), "en") == "Rådgivning"


names = st.text(min_size=1, max_size=20)
values = st.one_of(
    names,
    st.integers(-(2**53), 2**53),
    st.dates(),
    # Hypothesis takes naive bounds and adds the zone itself.
    st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)),
    st.builds(Web, names, st.just("https://a.se/")),
    st.dictionaries(st.sampled_from(["sv", "en"]), names, min_size=1).map(Words.of),
)
texts = st.builds(
    lambda msgid, given: Text(msgid, tuple(given.items())),
    names,
    st.dictionaries(st.sampled_from("abc"), values, max_size=3),
)
parts = st.one_of(
    texts,
    st.builds(Quote, names, st.sampled_from([None, "ar"])),
    st.builds(Excerpt, names, st.just("sv"), st.integers(0, 9), names),
    st.lists(texts, max_size=3).map(lambda found: Lines(tuple(found))),
)
places = st.builds(
    lambda step, args: Place(step, tuple(args)), names, st.lists(st.one_of(names, st.integers()))
)
buttons = st.builds(to, st.one_of(texts, names), places, st.sampled_from([None, "menu"]))


@given(st.lists(parts, max_size=4), st.lists(buttons, max_size=4))
def test_what_is_stored_is_what_is_loaded(found: list, below: list) -> None:
    reply = say(*found, *below)
    assert load_reply(dump_reply(reply)) == reply


def test_a_text_is_marked_and_keeps_its_values() -> None:
    text = _("Meet {who}", who="Bo")
    assert (text.msgid, dict(text.named)) == ("Meet {who}", {"who": "Bo"})
    assert date(2026, 1, 1)
