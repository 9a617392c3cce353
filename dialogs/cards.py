"""Cards that several dialogs and the reminders show: a meeting, made to be shown to others too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dialogs.gatherings import Activity, Course
from dialogs.i18n import Languages
from dialogs.messages import Lines
from dialogs.ports import InterpreterNeed, Meeting, Mode, Offer, Unit
from dialogs.text import Text, Web, _, n_


def meeting_card(meeting: Meeting) -> Lines:
    """What, when, where, how to find the door, whom she meets, what to bring."""
    lines = [
        _("**{service}**", service=meeting.service.name),
        _("Time: {at:moment}", at=meeting.starts),
        *where(meeting),
    ]
    if meeting.coach:
        lines.append(_("You meet: {coach}", coach=meeting.coach))
    if meeting.service.bring:
        lines.append(_("Bring: {things}", things=meeting.service.bring))
    return Lines(tuple(lines))


def where(meeting: Meeting) -> Iterator[Text]:
    """The place and the way to it, or the telephone, or the address of the video meeting."""
    match meeting.mode:
        case "phone":
            yield _("By phone: we call you.")
        case "video":
            yield by_video(meeting)
        case "on_site":
            yield from way_to(meeting.unit)


def way_to(unit: Unit) -> Iterator[Text]:
    """Name, address, floor and door of a place."""
    yield _("Place: {unit}", unit=unit.name)
    if unit.map_url:
        yield _("Address: {address}", address=Web(unit.address, unit.map_url))
    else:
        yield _("Address: {address}", address=unit.address)
    if unit.floor:
        yield _("Floor: {floor}", floor=unit.floor)
    if unit.door:
        yield _("The door: {door}", door=unit.door)
    if unit.step_free:
        yield _("Without stairs: {way}", way=unit.step_free)


def by_video(meeting: Meeting) -> Text:
    """Where to go on the web; the room is another one each time the meeting changes."""
    if meeting.room is None:
        return _("By video.")
    return _("By video: {room}", room=Web(meeting.room, meeting.room))


def interpreter_lines(meeting: Meeting, languages: Languages) -> tuple[Text, ...]:
    """What has become of the interpreter she asked for."""
    if meeting.need is None:
        return ()
    known = languages.by_code
    code = meeting.need.language
    language = known[code].name if code in known else code
    match meeting.interpreter:
        case "wanted":
            return (_("Interpreter: asked for ({language}).", language=language),)
        case "booked":
            return (_("Interpreter: booked ({language}).", language=language),)
        case "failed":
            return (_("Interpreter: we have found none."),)
        case _:
            return ()


def page_of(meeting: Meeting) -> tuple[Text, ...]:
    """Where the meeting's own page is, to print or to show."""
    if meeting.card is None:
        return ()
    page = Web(meeting.card.partition("://")[2], meeting.card)
    return (_("To print or to show to someone: {page}", page=page),)


def in_brief(meeting: Meeting) -> Text:
    """A meeting in an SMS: day, time, place, and where the rest is."""
    place = _place_name(meeting)
    if meeting.card is None:
        return _("{at:short}, {place}", at=meeting.starts, place=place)
    return _("{at:short}, {place}\n{page}", at=meeting.starts, place=place, page=meeting.card)


def moved_in_brief(meeting: Meeting) -> Text:
    """The same when the time is a new one."""
    return _("New time: {meeting}", meeting=in_brief(meeting))


def cancelled_in_brief(meeting: Meeting) -> Text:
    """A meeting that is off, in an SMS; short, so that its first word is never left out."""
    return _("Cancelled: {at:short}, {place}", at=meeting.starts, place=_place_name(meeting))


def _place_name(meeting: Meeting) -> Text | str:
    return meeting.unit.name if meeting.mode == "on_site" else mode_name(meeting.mode)


def short_place(meeting: Meeting) -> Lines:
    """Only time and place, for a reminder that other eyes may read."""
    place = {
        "phone": _("By phone: we call you."),
        "video": by_video(meeting),
        "on_site": _(
            "Place: {unit}, {address}", unit=meeting.unit.name, address=meeting.unit.address
        ),
    }[meeting.mode]
    return Lines((_("Time: {at:moment}", at=meeting.starts), place))


def offer_card(offer: Offer) -> Lines:
    """A time that is offered: when, whom she meets, and where."""
    place = {
        "phone": _("By phone: we call you."),
        "video": _("By video."),
        "on_site": _("Place: {unit}, {address}", unit=offer.unit.name, address=offer.unit.address),
    }[offer.slot.mode]
    return Lines(
        (
            _("Time: {at:moment}", at=offer.slot.starts),
            _("You meet: {coach}", coach=offer.coach),
            place,
        )
    )


def offered(offer: Offer, until: datetime, *, earlier: bool) -> Iterator[Text | Lines]:
    """What is said about a time that is kept for her until she answers."""
    yield _("**There is an earlier time.**") if earlier else _("**There is a free time now.**")
    yield offer_card(offer)
    yield _("I keep it for you until {until:time}.", until=until)
    if earlier:
        yield _("You keep your old time if you say no.")


def activity_lines(activity: Activity) -> Lines:
    """When and where an activity is, who arranges it, and whether there is a seat."""
    when = _("Time: {at:moment}–{ends:time}", at=activity.starts, ends=activity.ends)
    return Lines(
        (
            when,
            *way_to(activity.unit),
            *_arranged_by(activity.organiser),
            _seats(activity.seats_left),
        )
    )


def course_lines(course: Course) -> Lines:
    """When the next lesson is, how many are to come, where, and whether there is a place."""
    lines = []
    if course.first:
        lines.append(_("Next lesson: {at:moment}", at=course.first))
    lines.append(
        n_("One lesson to come", "{n:number} lessons to come", n=course.lessons),
    )
    lines += [*way_to(course.unit), *_arranged_by(course.organiser), _seats(course.seats_left)]
    return Lines(tuple(lines))


def _arranged_by(organiser: str | None) -> tuple[Text, ...]:
    return (_("Arranged by: {name}", name=organiser),) if organiser else ()


def _seats(left: int) -> Text:
    if not left:
        return _("There are no seats left.")
    return n_("One seat left", "{n:number} seats left", n=left)


def mode_name(mode: Mode) -> Text:
    """How one meets, on a button."""
    match mode:
        case "phone":
            return _("By phone")
        case "video":
            return _("By video")
        case "on_site":
            return _("At our place")


def need_lines(need: InterpreterNeed, languages: Languages) -> Lines:
    """What an interpreter was asked for, to be read before saying yes."""
    known = languages.by_code
    language = known[need.language].name if need.language in known else need.language
    gender = {
        "woman": _("A woman interprets, if there is one."),
        "man": _("A man interprets, if there is one."),
    }
    lines = [
        _("Interpreter: {language}", language=language),
        _("The interpreter is in the room.")
        if need.how == "on_site"
        else _("The interpreter is on the phone."),
    ]
    if need.nameless:
        lines.append(_("The interpreter is not told your name."))
    if need.gender in gender:
        lines.append(gender[need.gender])
    return Lines(tuple(lines))


def offer_label(offer: Offer, languages: Languages) -> Text:
    """A free time on a button: when, who, and the language they share."""
    known = languages.by_code
    shared = next((known[code].name for code in offer.speaks if code in known), None)
    if shared:
        return _(
            "{at:short}, {coach} ({language})",
            at=offer.slot.starts,
            coach=offer.coach,
            language=shared,
        )
    return _("{at:short}, {coach}", at=offer.slot.starts, coach=offer.coach)
