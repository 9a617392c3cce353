"""A booking as whoever holds its link sees it: what it is, how it stands, what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from backend.calendars.words import details
from backend.console.markup import to_html
from backend.runtime import Runtime
from backend.services import threads
from backend.services.bookings import Bookings
from backend.services.catalogue import CurrentCatalogue
from backend.work import Work
from dialogs.core import say
from dialogs.i18n import Language
from dialogs.ports import Meeting, NoSuchBooking
from dialogs.render import TWIN_LANGUAGE
from dialogs.text import Text, _
from dialogs.values import FIRST_STRONG, LEFT_TO_RIGHT, POP, RIGHT_MARK

OPEN = ("confirmed", "requested")
ASKED = ("requested", "proposed", "waiting", "held")
# Invisible marks as the elements that mean the same.
ELEMENTS = {
    ord(FIRST_STRONG): "<bdi>",
    ord(LEFT_TO_RIGHT): '<bdi dir="ltr">',
    ord(POP): "</bdi>",
    ord(RIGHT_MARK): None,
}


class NoSuchCard(LookupError):
    """The link is not one of ours, or what it led to is gone."""


@dataclass(frozen=True)
class Card:
    """A booking, whose it is, and the language it is read in."""

    token: str
    person: str
    conversation: str
    meeting: Meeting
    language: str


@dataclass(frozen=True)
class Side:
    """One language of a card."""

    language: Language
    state: Markup
    lines: tuple[Markup, ...]


async def read(runtime: Runtime, token: str, asked: str | None) -> Card:
    """The card of a link, to look at. Raises NoSuchCard."""
    async with Work.begin(runtime.database, runtime.clock, "person") as work:
        return await find(runtime, work, token, asked)


async def find(runtime: Runtime, work: Work, token: str, asked: str | None) -> Card:
    """The card of a link, in the language asked for, else the person's own. Raises NoSuchCard."""
    booking = runtime.cache.links.row_of("meeting", token)
    if booking is None:
        raise NoSuchCard
    bookings = Bookings(work, await CurrentCatalogue(runtime.cache, work).get())
    try:
        meeting = await bookings.find(booking)
        person = await bookings.person_of(booking)
    except NoSuchBooking as error:
        raise NoSuchCard from error
    known = (await threads.of_people(await work.reading(), [person])).get(person)
    if known is None:  # she has been deleted; what is left of the booking is for figures
        raise NoSuchCard
    language = runtime.texts.languages.recognise(asked) or known.language
    return Card(token, person, known.id, meeting, language)


def sides(runtime: Runtime, card: Card) -> tuple[Side, ...]:
    """The card in the reader's language, and in Swedish for whoever it is shown to."""
    codes = dict.fromkeys((card.language, TWIN_LANGUAGE))
    return tuple(_side(runtime, card.meeting, code) for code in codes)


def state_of(meeting: Meeting, now: datetime) -> Text:
    """How it stands. Whether she came is nobody's business."""
    if meeting.state == "cancelled":
        return _("This meeting is cancelled.")
    if meeting.state == "expired":
        return _("This meeting is not booked any more.")
    if meeting.state in ASKED:
        return _("This meeting is asked for. It is not booked yet.")
    if meeting.starts <= now:
        return _("This meeting has been.")
    return _("This meeting is booked.")


def may_cancel(meeting: Meeting, now: datetime) -> bool:
    """Whether it can still be called off."""
    return meeting.state in OPEN and meeting.starts > now


def may_move(meeting: Meeting, now: datetime) -> bool:
    """Whether another time can be chosen; a group activity is when it is."""
    return meeting.state == "confirmed" and meeting.starts > now and not meeting.service.group


def as_html(runtime: Runtime, texts: Iterable[Text], language: str) -> Iterator[Markup]:
    """Each text as markup, with names and addresses kept whole."""
    for text in texts:
        html = to_html(runtime.renderer.render(say(text), language))
        yield Markup(html.translate(ELEMENTS))  # noqa: S704 - escaped; marks become elements


def _side(runtime: Runtime, meeting: Meeting, code: str) -> Side:
    languages = runtime.texts.languages
    texts = (state_of(meeting, runtime.clock.now()), *details(meeting, languages))
    state, *lines = as_html(runtime, texts, code)
    return Side(languages[code], state, tuple(lines))
