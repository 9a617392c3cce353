"""A strict gate for calendar files: what RFC 5545 asks, and what we have promised beyond it.

Written from the specification and not with the library that makes the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST_LINE = 75  # octets, its end not counted
NAME = re.compile(r"[A-Za-z0-9-]+")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)')
INSTANT = re.compile(r"\d{8}T\d{6}Z")
ESCAPED = re.compile(r"(?:[^\\;,\n]|\\[\\;,nN])*")
INSTANTS = ("DTSTAMP", "DTSTART", "DTEND")
TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME")
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "CLASS", "STATUS")
FOR_THOSE_INVITED = ("ATTENDEE", "ORGANIZER")


class Refused(AssertionError):
    """The file is not what it should be."""


@dataclass
class Line:
    """A property: its name, parameters, and value as written."""

    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value as it is meant to be read."""
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass
class Part:
    """A component with its properties and the components in it."""

    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        """Every property of a name."""
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line:
        """The one property of a name."""
        found = self.all(name)
        expect(len(found) == 1, f"{self.name} has {len(found)} {name}")
        return found[0]

    def walk(self) -> Iterator[Part]:
        """This one and everything in it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def expect(holds: bool, otherwise: str) -> None:
    """Raises Refused."""
    if not holds:
        raise Refused(otherwise)


def check(content: bytes) -> Part:
    """The calendar, when nothing is wrong with it. Raises Refused."""
    calendar = parse(list(unfold(content)))
    expect(calendar.name == "VCALENDAR", calendar.name)
    expect(calendar.one("VERSION").value == "2.0", "version")
    expect(len(calendar.one("PRODID").value) > 0, "no PRODID")
    method = calendar.one("METHOD").value
    events = calendar.parts
    expect({part.name for part in events} <= {"VEVENT"}, "something other than events")
    for part in calendar.walk():
        _check_properties(part)
    for event in events:
        _check_event(event, method)
    identities = [event.one("UID").value for event in events]
    expect(len(identities) == len(set(identities)), "two events with one UID")
    return calendar


def unfold(content: bytes) -> Iterator[str]:
    """The lines as they were before folding."""
    expect(content.endswith(b"\r\n"), "the last line has no end")
    expect(b"\n" not in content.replace(b"\r\n", b""), "a line ends with LF alone")
    expect(b"\r" not in content.replace(b"\r\n", b""), "a line ends with CR alone")
    whole: list[str] = []
    for octets in content.removesuffix(b"\r\n").split(b"\r\n"):
        expect(len(octets) <= LONGEST_LINE, f"{len(octets)} octets in a line")
        try:
            line = octets.decode("utf-8")
        except UnicodeDecodeError as error:
            message = "a letter is cut in two"
            raise Refused(message) from error
        expect(bool(line), "an empty line")
        if line[0] in " \t":
            expect(bool(whole), "the first line is folded")
            whole[-1] += line[1:]
        else:
            whole.append(line)
    yield from whole


def parse(lines: list[str]) -> Part:
    """The component that the lines are."""
    open_parts = [Part("")]
    for raw in lines:
        line = _line(raw)
        if line.name == "BEGIN":
            part = Part(line.value)
            open_parts[-1].parts.append(part)
            open_parts.append(part)
        elif line.name == "END":
            expect(open_parts.pop().name == line.value, f"END:{line.value}")
        else:
            open_parts[-1].lines.append(line)
    (root,) = open_parts
    expect(len(root.parts) == 1, "not one calendar")
    expect(not root.lines, "something outside the calendar")
    return root.parts[0]


def _line(raw: str) -> Line:
    name = NAME.match(raw)
    if name is None:
        raise Refused(raw)
    end, parameters = name.end(), {}
    while found := PARAMETER.match(raw, end):
        parameters[found[1].upper()] = found[2].strip('"')
        end = found.end()
    expect(raw[end : end + 1] == ":", f"no value: {raw}")
    return Line(name[0].upper(), parameters, raw[end + 1 :])


def _check_properties(part: Part) -> None:
    for line in part.lines:
        expect("TZID" not in line.parameters, f"{line.name} has a TZID")
        expect(line.name not in ("RRULE", "RDATE", "EXDATE"), line.name)
        if line.name in INSTANTS:
            expect(INSTANT.fullmatch(line.value) is not None, f"{line.name}:{line.value}")
        if line.name in TEXTS:
            expect(ESCAPED.fullmatch(line.value) is not None, f"not escaped: {line.value}")


def _check_event(event: Part, method: str) -> None:
    for name in ONCE:
        event.one(name)
    expect(event.one("DTSTART").value < event.one("DTEND").value, "ends before it begins")
    expect(event.one("CLASS").value == "PRIVATE", "not private")
    expect(event.one("SEQUENCE").value.isdigit(), "sequence")
    for name in ("SUMMARY", "DESCRIPTION"):
        expect("LANGUAGE" in event.one(name).parameters, f"{name} in no language")
    invited = [name for name in FOR_THOSE_INVITED if event.all(name)]
    if method == "PUBLISH":
        expect(not invited, f"published, and has {invited}")
    else:
        expect(invited == list(FOR_THOSE_INVITED), f"{method} with {invited}")
    if method == "CANCEL":
        expect(event.one("STATUS").value == "CANCELLED", "cancelled, and is not")
    for alarm in event.parts:
        expect(alarm.name == "VALARM", alarm.name)
        for name in ("ACTION", "TRIGGER", "DESCRIPTION"):
            alarm.one(name)
