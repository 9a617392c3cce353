"""Each figure of the page: which numbers its table has, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date

from backend.console.sheets import Drawing, Row, Sheet, Wording
from backend.figures import plot
from backend.figures.counting import By, Spread, Waiting, share
from backend.figures.periods import Period
from backend.figures.plot import Bar, Range
from backend.figures.tables import TOTAL, Table
from backend.services.figures import FirstFree
from dialogs.text import Text, _, n_

PERCENT = 100

OUTCOME_WORDS: Mapping[str, Text] = {
    "booked": _("Booked"),
    "with_outcome": _("With an outcome"),
    "attended": _("Came"),
    "no_show": _("Did not come"),
    "excused": _("Was excused"),
    "by_person": _("Cancelled by the person"),
    "by_us": _("Cancelled by us"),
    "not_set": _("Outcome not set"),
}
ANSWER_WORDS: Mapping[str, Text] = {
    "waited": _("Waited for a time"),
    "taken": _("Took an offered time"),
    "not_taken": _("Did not take an offered time"),
    "no_offer": _("Was offered no time"),
}
BY_WORDS: Mapping[By, Text] = {
    "service": _("Service"),
    "unit": _("Place"),
    "language": _("Language"),
}


def attendance(wording: Wording, by: By, table: Table) -> Sheet:
    """How bookings ended, and the share of people who came."""
    say = wording.say
    rows, bars = [], []
    for group in _rows(wording, by, table):
        came = _share(table, group, "attended", "with_outcome")
        numbers = [table.number(group, measure) for measure in OUTCOME_WORDS]
        rows.append(wording.row(by, group, [*numbers, came]))
        bars.append(_share_bar(wording, by, group, came))
    title, about = _("Who came"), _("The share of those with an outcome who came, in percent.")
    image = plot.bars(wording.image("attendance-plot", say(title), say(about)), bars, PERCENT)
    columns = [*OUTCOME_WORDS.values(), _("Share who came, %")]
    explained = _("Each booking counts once, where its meeting was to be.")
    return _sheet(wording, by, "attendance", (title, explained), columns, rows, [Drawing(image)])


def over_time(wording: Wording, by: By, table: Table, period: Period) -> Sheet:
    """Bookings by week or month: a small plot for each group, all with the same scale."""
    say = wording.say
    title, about = _("Bookings over time"), _("Bookings by the week or month of the meeting.")
    groups = _rows(wording, by, table)
    columns = [_day_name(wording, period, day) for day in period.parts]
    numbers = {group: [table.number(group, part) for part in table.parts] for group in groups}
    single = [values for group, values in numbers.items() if group != TOTAL]
    most = max((value for values in single for value in values if value), default=0)
    rows, drawings = [], []
    for position, (group, values) in enumerate(numbers.items()):
        name = wording.name(by, group)
        image = wording.image(f"over-time-plot-{position}", name, say(about))
        top = max((value for value in values if value), default=0) if group == TOTAL else most
        drawn = plot.columns(image, values, (columns[0], columns[-1]), top)
        rows.append(wording.row(by, group, values))
        drawings.append(Drawing(drawn, name))
    explained = _("All groups are drawn to the same scale, and all together to one of their own.")
    return _sheet(wording, by, "over-time", (title, explained), columns, rows, drawings)


def first_meetings(wording: Wording, by: By, waiting: Waiting) -> Sheet:
    """Days from booking to each person's first meeting."""
    say, table = wording.say, waiting.table
    rows, ranges = [], []
    for group in _rows(wording, by, table):
        spread = waiting.spreads[group]
        people = table.number(group, "people")
        days = (spread.low, spread.middle, spread.high) if spread else None
        rows.append(wording.row(by, group, [people, *(days or (None, None, None))]))
        ranges.append(Range(wording.name(by, group), days, _spread_words(wording, spread)))
    title = _("Days from booking to the first meeting")
    about = _("The line is the middle half of all people. The mark is the median.")
    image = plot.ranges(wording.image("first-meetings-plot", say(title), say(about)), ranges)
    columns = [
        _("People"),
        _("A quarter waited at most (days)"),
        _("Half waited at most (days)"),
        _("Three quarters waited at most (days)"),
    ]
    explained = _("The first meeting of each person with a coach. Activities do not count.")
    words = (title, explained)
    return _sheet(wording, by, "first-meetings", words, columns, rows, [Drawing(image)])


def free_times(wording: Wording, free: Sequence[FirstFree]) -> Sheet:
    """How far ahead the first free time is, just now."""
    say = wording.say
    rows, bars = [], []
    for each in free:
        service, unit = wording.name("service", each.service), wording.name("unit", each.unit)
        words = _days_words(wording, each.days)
        rows.append(Row(service, (unit, words if each.days is None else each.days)))
        bars.append(Bar(f"{service}, {unit}", each.days, words))
    title = _("Days to the first free time")
    about = _("How far ahead the first free time is just now, for anyone who books.")
    most = max((each.days for each in free if each.days), default=0)
    image = plot.bars(wording.image("free-plot", say(title), say(about)), bars, most)
    columns = [_("Place"), _("Days")]
    return _sheet(wording, "service", "free", (title, about), columns, rows, [Drawing(image)])


def offers(wording: Wording, by: By, table: Table) -> Sheet:
    """What came of standing in line for a time."""
    say = wording.say
    rows, bars = [], []
    for group in _rows(wording, by, table):
        numbers = [table.number(group, measure) for measure in ANSWER_WORDS]
        rows.append(wording.row(by, group, numbers))
        bars.append(_share_bar(wording, by, group, _share(table, group, "taken", "waited")))
    title = _("Waiting for a time")
    about = _("The share of those who waited for a time and took one, in percent.")
    image = plot.bars(wording.image("offers-plot", say(title), say(about)), bars, PERCENT)
    explained = _("Those who began to wait in this time.")
    columns = list(ANSWER_WORDS.values())
    return _sheet(wording, by, "offers", (title, explained), columns, rows, [Drawing(image)])


def _sheet(
    wording: Wording,
    by: By,
    name: str,
    words: tuple[Text, Text],
    columns: Sequence[Text | str],
    rows: Sequence[Row],
    drawings: Sequence[Drawing],
) -> Sheet:
    """A figure with its title and explanation in ``words``."""
    title, about = (wording.say(text) for text in words)
    texts = [BY_WORDS[by], *columns]
    head = tuple(text if isinstance(text, str) else wording.say(text) for text in texts)
    return Sheet(name, title, about, head, tuple(rows), tuple(drawings))


def _rows(wording: Wording, by: By, table: Table) -> list[str]:
    """The groups in order, and their total; nothing when nothing was found."""
    return [*wording.in_order(by, table.groups), TOTAL] if table.groups else []


def _share(table: Table, group: str, part: str, whole: str) -> int | str | None:
    """A percentage, None when it is not shown, empty when there is nothing to share."""
    if table.number(group, whole) == 0:
        return ""
    return share(table.number(group, part), table.number(group, whole))


def _share_bar(wording: Wording, by: By, group: str, percent: int | str | None) -> Bar:
    name = wording.name(by, group)
    match percent:
        case None:
            return Bar(name, None, wording.hidden)
        case int():
            return Bar(name, percent, wording.say(_("{n:number} %", n=percent)))
        case _:
            return Bar(name, None, wording.say(_("Nothing to count")))


def _spread_words(wording: Wording, spread: Spread | None) -> str:
    if spread is None:
        return wording.hidden
    many = n_("{n:number} day", "{n:number} days", n=spread.middle)
    return f"{wording.say(many)} ({spread.low}–{spread.high})"


def _days_words(wording: Wording, days: int | None) -> str:
    if days is None:
        return wording.say(_("No free time"))
    return wording.say(n_("{n:number} day", "{n:number} days", n=days))


def _day_name(wording: Wording, period: Period, day: date) -> str:
    """A week by its Monday, a month by its name."""
    if period.step == "week":
        return f"{day.day}/{day.month}"
    return format_date(day, "MMM y", locale=wording.language.code)
