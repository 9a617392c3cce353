"""What a meeting is called in a calendar: for the person in her language, for staff in theirs.

A calendar is read by other eyes too. The person's says the kind of meeting and no more; the
coach's has a code where a name might be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.calendars.ics import Event, uid_of
from backend.services.links import Links
from dialogs import cards
from dialogs.i18n import Languages
from dialogs.ports import Meeting
from dialogs.render import Renderer
from dialogs.text import Text, _


@dataclass(frozen=True)
class Client:
    """Whom a coach meets, without a name: a code, and her language as the coach calls it.

    Nothing is known of the language of one who has been deleted.
    """

    code: str
    language: str | None


@dataclass(frozen=True)
class Wording:
    """Writes meetings as events."""

    renderer: Renderer
    links: Links

    def for_person(self, meeting: Meeting, language: str) -> Event:
        """An event of hers: what her card says, and a way to its page."""
        lines = details(meeting, self.renderer.catalogue.languages)
        summary = self.renderer.label(meeting.service.name, language)
        page = self.links.card(meeting.booking)
        return self._event(meeting, language, summary, lines, page)

    def for_coach(self, meeting: Meeting, client: Client, language: str) -> Event:
        """An event of a coach's: whom she meets, by code, and how they will understand each other.

        It has no way to the person's page, where the meeting can be called off in her name.
        """
        summary = _("{service}, {person}", service=meeting.service.name, person=client.code)
        lines = [_("Time: {at:moment}", at=meeting.starts), _how(meeting)]
        if client.language:
            lines.append(_("Language: {language}", language=client.language))
        lines += cards.interpreter_lines(meeting, self.renderer.catalogue.languages)
        return self._event(meeting, language, self.renderer.plain(summary, language), lines, None)

    def _event(
        self,
        meeting: Meeting,
        language: str,
        summary: str,
        lines: Iterable[Text],
        url: str | None,
    ) -> Event:
        return Event(
            uid_of(meeting.booking, self.links.url),
            meeting.version,
            meeting.starts,
            meeting.ends,
            summary,
            "\n".join(self.renderer.plain(line, language) for line in lines),
            _where(meeting),
            url,
            cancelled=meeting.state in ("cancelled", "expired"),
            language=self.renderer.catalogue.languages[language].html,
        )


def details(meeting: Meeting, languages: Languages) -> tuple[Text, ...]:
    """What a person wants to have at hand: her card, and the interpreter."""
    return (*cards.meeting_card(meeting).texts, *cards.interpreter_lines(meeting, languages))


def _how(meeting: Meeting) -> Text:
    """Where a coach has to be."""
    unit = meeting.unit
    match meeting.mode:
        case "on_site":
            return _("Place: {unit}, {address}", unit=unit.name, address=unit.address)
        case "phone":
            return cards.mode_name("phone")
        case "video":
            return cards.by_video(meeting)


def _where(meeting: Meeting) -> str:
    """Names and addresses are Swedish and stay as they are."""
    unit = meeting.unit
    match meeting.mode:
        case "on_site":
            return ", ".join(filter(None, (unit.name, unit.address, unit.floor)))
        case "video":
            return meeting.room or ""
        case "phone":
            return ""
