"""A message and the Swedish beside it."""

from __future__ import annotations

from bot.telegram.outbound import passages
from dialogs.messages import Entity, Rendered
from tests.telegram.rules import entities_error

SWEDISH = Rendered("🏛 Hej på dig", "sv", "ltr", (Entity("bold", 3, 3),))
ARABIC = Rendered("مرحبا بك 😀", "ar", "rtl", (Entity("bold", 0, 5),))


def beside(own=ARABIC, twin=SWEDISH, *, folded):
    return Rendered(own.text, "ar", "rtl", own.entities, (), own.urgency, twin, folded)


def styled(passage, kind):
    text = passage.text.encode("utf-16-le")
    return [
        text[2 * one.offset : 2 * (one.offset + one.length)].decode("utf-16-le")
        for one in passage.entities
        if one.type == kind
    ]


def test_swedish_that_is_meant_to_be_shown_stands_below_a_line():
    (passage,) = passages(beside(folded=False), 4_096)
    own, line, twin = passage.text.split("\n\n")
    assert (own, set(line), twin) == ("مرحبا بك 😀", {"─"}, "🏛 Hej på dig")
    assert styled(passage, "bold") == ["مرحبا", "Hej"]
    assert styled(passage, "expandable_blockquote") == []


def test_folded_swedish_is_one_tap_away():
    (passage,) = passages(beside(folded=True), 4_096)
    assert passage.text == "مرحبا بك 😀\n\n🏛 Hej på dig"
    assert styled(passage, "expandable_blockquote") == ["🏛 Hej på dig"]
    assert styled(passage, "bold") == ["مرحبا", "Hej"]
    assert entities_error(passage.text, [one.model_dump() for one in passage.entities]) is None


def test_what_does_not_fit_together_comes_one_after_the_other():
    long = Rendered("كلمة " * 30, "ar", "rtl")
    swedish = Rendered("Ord " * 40, "sv", "ltr")
    sent = passages(beside(long, swedish, folded=True), 170)
    assert [passage.text.split()[0] for passage in sent] == ["كلمة", "Ord"]
    assert [bool(styled(one, "expandable_blockquote")) for one in sent] == [False, True]


def test_long_swedish_is_folded_in_every_part():
    swedish = Rendered("Ord " * 100, "sv", "ltr")
    sent = passages(beside(twin=swedish, folded=True), 170)
    assert [styled(one, "expandable_blockquote") for one in sent[1:]] == [
        [one.text] for one in sent[1:]
    ]
    assert len(sent) == 4


def test_a_phone_number_stays_text():
    phone = Rendered("Ring 112", "sv", "ltr", (Entity("phone", 5, 3, "tel:112"),))
    (passage,) = passages(phone, 4_096)
    assert passage.entities == ()
