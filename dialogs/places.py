"""The doors between dialogs: places one conversation may open in another.

Flows do not import each other; they name these. A test checks that each one exists and takes
the arguments given here.
"""

from datetime import date

from dialogs.messages import Place

MENU = Place("welcome.menu")
LANGUAGE = Place("welcome.language")
MORE = Place("welcome.more")
ASK_QUESTION = Place("question.ask_away")
BOOK = Place("meeting.services")
MY_MEETINGS = Place("my_meetings.mine")
MEETING_GONE = Place("my_meetings.gone")
NOTHING_FREE = Place("meeting.nothing_free")
ACTIVITIES = Place("activity.upcoming")
DEADLINES = Place("deadline.overview")
PERSON = Place("person.choose")
PRIVACY = Place("privacy.overview")
MY_DATA = Place("privacy.my_data")
DELETE = Place("privacy.ask_delete")
EMERGENCY = Place("emergency.card", ("emergency",))
HELP = Place("welcome.commands")


def answer_to(question: str) -> Place:
    """Search for an answer to a question in the person's own words."""
    return Place("question.asked", (question,))


def emergency_card(kind: str) -> Place:
    """The fixed card for one kind of danger."""
    return Place("emergency.card", (kind,))


def emergency_before(kind: str, question: str) -> Place:
    """The same card, with a way on to the answer of what was asked."""
    return Place("emergency.card_before", (kind, question))


def speak(language: str) -> Place:
    """Switch to a language and go on where one was."""
    return Place("welcome.speak", (language,))


def article(slug: str) -> Place:
    """An article's first card."""
    return Place("question.article", (slug,))


def meeting(booking: str) -> Place:
    """One booked meeting and what can be done with it."""
    return Place("my_meetings.one", (booking,))


def book(service: str) -> Place:
    """The nearest free times for a service."""
    return Place("meeting.times", (service,))


def move(booking: str, version: int) -> Place:
    """Other times for a booked meeting."""
    return Place("moving.times", (booking, version))


def cannot_come(booking: str) -> Place:
    """Ask whether to call a meeting off."""
    return Place("my_meetings.ask_cancel", (booking,))


def will_come(booking: str) -> Place:
    """Answer to a reminder: she is coming."""
    return Place("my_meetings.coming", (booking,))


def report_done(kind: str, due: date) -> Place:
    """Answer to a deadline's reminder: what was due on that day is done."""
    return Place("deadline.done", (kind, due.isoformat()))


def about_meeting(booking: str) -> Place:
    """Everything else about a meeting: an earlier time, the interpreter, what she needs."""
    return Place("my_meetings.about", (booking,))


def ask_interpreter(booking: str) -> Place:
    """Whether she wants an interpreter at a meeting."""
    return Place("interpreter.offer", (booking,))


def interpreter(booking: str) -> Place:
    """The interpreter of a meeting, and what can be changed."""
    return Place("interpreter.overview", (booking,))


def go_on(booking: str) -> Place:
    """Back to what she was about to book."""
    return Place("booking.confirm", (booking,))


def number(booking: str) -> Place:
    """Which number to ring for a meeting by phone."""
    return Place("booking.number", (booking,))


def understood(booking: str) -> Place:
    """On with a time that is held: an interpreter if they need one, then the last yes."""
    return Place("booking.understood", (booking,))


def near(booking: str) -> Place:
    """A held time is lost: the nearest ones."""
    return Place("meeting.beside", (booking,))


def times_by(service: str, mode: str) -> Place:
    """The nearest free times for a service in one way of meeting."""
    return Place("meeting.times_by", (service, mode))


def wait_instead(booking: str) -> Place:
    """Hear when there is an earlier time than this meeting's."""
    return Place("request.wait_instead", (booking,))


def write_back() -> Place:
    """Answer what a coach wrote."""
    return Place("person.write")


def typed_back() -> Place:
    """Where what she types goes after a coach has written: to the coaches, not to search."""
    return Place("person.leave", ("",))


def deadline(kind: str) -> Place:
    """One date one may be reminded of, with its switch."""
    return Place("deadline.one", (kind,))


def proposals(booking: str) -> Place:
    """The times a coach has proposed."""
    return Place("request.proposed", (booking,))


def pick_proposal(booking: str, version: int, index: int) -> Place:
    """One of the times a coach has proposed."""
    return Place("request.pick", (booking, version, index))


def none_fits(booking: str, version: int) -> Place:
    """None of the proposed times suits her."""
    return Place("request.none_fits", (booking, version))


def wish(booking: str) -> Place:
    """Something she has asked for that has no time yet."""
    return Place("request.one", (booking,))


def wait(service: str) -> Place:
    """Hear when there is a free time."""
    return Place("request.wait", (service,))


def take_offer(booking: str, version: int) -> Place:
    """Answer to an offered time: yes."""
    return Place("request.take", (booking, version))


def pass_offer(booking: str, version: int) -> Place:
    """Answer to an offered time: no."""
    return Place("request.let_pass", (booking, version))


NEEDS = Place("needs.overview")
CALENDAR = Place("needs.calendar")
