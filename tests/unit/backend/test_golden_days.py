"""The days the clocks change, word for word: what everybody is shown, sent and given.

28 March 2027 is Easter Sunday too. A golden file is written anew by deleting it and running this
twice; what has changed in it is then read by a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from backend.calendars.ics import published
from backend.calendars.words import Wording
from backend.clock import ZONE
from backend.services.meetings import meeting_values
from dialogs import cards
from dialogs.core import say
from dialogs.i18n import Catalogue
from dialogs.ports import slot_of
from dialogs.render import Renderer
from tests.fakes import FakeKnowledge
from tests.nine import LINKS, TERMS, meeting, offered, reminders, wall

GOLDEN = Path(__file__).parent.parent.parent / "golden"
WRITTEN = datetime(2027, 1, 1, tzinfo=UTC)
LANGUAGES = ("sv", "ar", "ti")


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_the_day_the_clocks_change_is_as_it_was_written_down(day: date, texts: Catalogue) -> None:
    renderer = Renderer(texts, FakeKnowledge(), ZONE)
    found = "\n".join(_page(day, renderer)) + "\n"
    path = GOLDEN / f"{day}.txt"
    if not path.exists():
        path.write_text(found, encoding="utf-8")
        pytest.fail(f"{path} was not there; it has been written: read it")
    assert found == path.read_text(encoding="utf-8")


def _page(day: date, renderer: Renderer) -> Iterator[str]:
    hers = meeting(day)
    for language in LANGUAGES:
        for offer in offered(day):
            label = cards.offer_label(offer, renderer.catalogue.languages)
            yield f"time, {language}: {renderer.label(label, language)}"
        yield f"card, {language}:"
        yield renderer.render(say(cards.meeting_card(hers)), language).text
        for planned in reminders(hers, WRITTEN):
            rendered = renderer.render(planned.reply, language)
            yield f"reminder, {language}, at {wall(planned.due)} = {planned.due:%H:%M} UTC:"
            yield rendered.text
            yield f"in brief: {rendered.brief}"
    values = meeting_values(slot_of(hers), TERMS)
    yield f"export: {values['local_start']} {values['zone']} = {values['starts_at']}"
    event = Wording(renderer, LINKS).for_person(hers, "sv")
    for name, title in (("file", ""), ("feed", "Mina möten")):
        yield f"calendar {name}:"
        yield published([event], title, WRITTEN).decode().replace("\r\n", "\n").rstrip()
