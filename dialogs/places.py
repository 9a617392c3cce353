"""The doors between dialogs: places one conversation may open in another.

Flows do not import each other; they name these. A test checks that each one exists and takes
the arguments given here.
"""

from datetime import date

from dialogs.appointments import Slot
from dialogs.messages import Place

MENU = Place("welcome.menu")
LANGUAGE = Place("welcome.language")
MORE = Place("welcome.more")
ASK_QUESTION = Place("question.ask_away")
NO_MORE_ANSWERS = Place("question.no_more")
BOOK = Place("meeting.services")
MY_MEETINGS = Place("my_meetings.mine")
MEETING_GONE = Place("my_meetings.gone")
NOTHING_FREE = Place("meeting.nothing_free")
MY_WEEK = Place("my_week.this")
RECORDED = Place("coming.recorded")
ACTIVITIES = Place("activity.upcoming")
COURSES = Place("course.overview")
DEADLINES = Place("deadline.overview")
PERSON = Place("person.choose")
CALL_ME = Place("person.number")
WRITE = Place("person.write")
TALK = Place("talk.ask_now", (False,))
TALK_IN_DANGER = Place("talk.ask_now", (True,))
TALKING = Place("talk.here")
STOP_WAITING = Place("talk.stop")
END_TALK = Place("talk.finish")
REACH = Place("reach.overview")
REACH_BY_SMS = Place("reach.number")
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


def hold(slot: Slot) -> Place:
    """Keep a free time; one that has been taken since leads to those near it."""
    return Place(
        "meeting.hold",
        (
            {
                "service": slot.service,
                "coach": slot.coach,
                "unit": slot.unit,
                "starts": slot.starts.isoformat(),
                "mode": slot.mode,
            },
        ),
    )


def move(booking: str, version: int) -> Place:
    """Other times for a booked meeting."""
    return Place("moving.times", (booking, version))


def cannot_come(booking: str) -> Place:
    """Ask whether to call a meeting off."""
    return Place("my_meetings.ask_cancel", (booking,))


def will_come(booking: str) -> Place:
    """Answer to a reminder: she is coming."""
    return Place("coming.yes", (booking,))


def absent(booking: str, reason: str | None) -> Place:
    """She cannot come: ill, child_ill, other, or without a word of why."""
    return Place("coming.absent", (booking, reason))


def activity(meeting: str) -> Place:
    """One activity to come: what it is, and whether there is a seat."""
    return Place("activity.one", (meeting,))


def course(series: str) -> Place:
    """One course to sign up for as a whole."""
    return Place("course.one", (series,))


def check_in(code: str) -> Place:
    """The code at the door, from a link or a picture of one."""
    return Place("door.check_in", (code,))


def typed_code(code: str, otherwise: str) -> Place:
    """Six digits that were typed; what is no code goes to the step ``otherwise``, if any."""
    return Place("door.typed_code", (code, otherwise))


def week(first: date) -> Place:
    """Her week from a Monday on."""
    return Place("my_week.week", (first.isoformat(),))


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
PLANS = Place("welcome.plans")
PAPERS = Place("papers.overview")
FIRST_WEEKS = Place("first_weeks.overview")
AWAY = Place("pause.away")
AWAY_STILL = Place("pause.away_still")
START_AGAIN = Place("pause.start_again")


def card(kind: str) -> Place:
    """One of her papers."""
    return Place("papers.one", (kind,))


def typed_day(onward: Place, span: str) -> Place:
    """Where a typed day goes; it becomes the last argument of ``onward``."""
    return Place("day.written", ("", _as_argument(onward), span))


def choose_day(onward: Place, span: str) -> Place:
    """The same day by buttons: year, month, day."""
    return Place("day.years", (_as_argument(onward), span))


def _as_argument(place: Place) -> dict[str, object]:
    return {"step": place.step, "args": list(place.args)}
