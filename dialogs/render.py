"""From an untranslated reply to a message in one language: the only place where this happens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from dialogs import values
from dialogs.i18n import Catalogue
from dialogs.messages import (
    Attached,
    Entity,
    Excerpt,
    Label,
    Lines,
    Part,
    Quote,
    Rendered,
    RenderedButton,
    Reply,
    Twin,
)
from dialogs.text import Text, Value, Web, Words, _, n_
from knowledge.article import Article
from knowledge.markup import Block, Bold, Bullet, Inline, Link, Plain, Step, parse

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
TWIN_LANGUAGE = "sv"


class Articles(Protocol):
    """Where excerpts are looked up."""

    def article(self, slug: str) -> Article | None:
        """The article by its slug, or None when it is gone."""


@dataclass
class Writing:
    """Text under way, with its entities counted in UTF-16 code units."""

    text: str = ""
    entities: list[Entity] = field(default_factory=list)

    @property
    def length(self) -> int:
        """How many UTF-16 code units have been written."""
        return len(self.text.encode("utf-16-le")) // 2

    def write(
        self,
        text: str,
        kind: Literal["bold", "link", "phone"] | None = None,
        url: str | None = None,
    ) -> None:
        """Add a run of text, marked when it is more than plain."""
        start = self.length
        self.text += text
        if kind and text:
            self.entities.append(Entity(kind, start, self.length - start, url))


@dataclass(frozen=True)
class Renderer:
    """Renders replies and labels. Safe to call again for the same message at any time."""

    catalogue: Catalogue
    articles: Articles
    zone: ZoneInfo

    def render(self, reply: Reply, language: str) -> Rendered:
        """The message in ``language``, with its Swedish twin where the reply asks for one."""
        rendered = self._one(reply, language)
        if reply.twin is Twin.NONE or language == TWIN_LANGUAGE:
            return rendered
        twin = self._one(reply, TWIN_LANGUAGE)
        return replace(rendered, twin=twin, twin_folded=reply.twin is Twin.FOLDED)

    def as_sent(self, reply: Reply, language: str) -> str | None:
        """What is kept of a message as it was sent; nothing of an article, which has its own."""
        if any(isinstance(part, Excerpt) for part in reply.parts):
            return None
        return self._one(reply, language).text

    def label(self, label: Label, language: str) -> str:
        """What is written on a button."""
        writing = Writing()
        if isinstance(label, Text):
            self._text(writing, label, language)
            text = writing.text
        elif isinstance(label, Words):
            text = label.in_language(self.catalogue.languages.chain(language))
        else:
            text = label
        return values.start_rtl(text) if self._direction(language) == "rtl" else text

    def plain(self, text: Text, language: str) -> str:
        """A text as a plain string, for a page title or a log an operator reads."""
        writing = Writing()
        self._text(writing, text, language)
        return writing.text

    def can_render(self, reply: Reply) -> bool:
        """Whether every msgid of a stored reply is still known."""
        texts = [part for part in reply.parts if isinstance(part, Text)]
        texts += [text for part in reply.parts if isinstance(part, Lines) for text in part.texts]
        texts += [button.label for button in reply.buttons if isinstance(button.label, Text)]
        texts += [reply.brief] if reply.brief else []
        return all(self.catalogue.knows(text.msgid) for text in texts)

    def _one(self, reply: Reply, language: str) -> Rendered:
        writing = Writing()
        for number, part in enumerate(reply.parts):
            if number:
                writing.write("\n\n")
            self._part(writing, part, language)
        buttons = tuple(
            RenderedButton(self.label(button.label, language), button.icon)
            for button in reply.buttons
        )
        return Rendered(
            writing.text,
            language,
            self._direction(language),
            tuple(writing.entities),
            buttons,
            reply.urgency,
            brief=self._brief(reply, language),
        )

    def _brief(self, reply: Reply, language: str) -> str | None:
        """The short form. Marks of direction are left out: each costs a letter of an SMS."""
        if reply.brief is None:
            return None
        return values.without_marks(self.plain(reply.brief, language))

    def _part(self, writing: Writing, part: Part, language: str) -> None:
        match part:
            case Text():
                self._text(writing, part, language)
            case Lines(texts=texts):
                for number, text in enumerate(texts):
                    if number:
                        writing.write("\n")
                    self._text(writing, text, language)
            case Quote(text=text):
                writing.write(values.isolate(text, self._direction(language)))
            case Attached():
                self._text(writing, _attached(part), language)
            case Excerpt():
                self._excerpt(writing, part, language)

    def _excerpt(self, writing: Writing, excerpt: Excerpt, language: str) -> None:
        article = self.articles.article(excerpt.slug)
        if article is None:
            writing.write(excerpt.slug)
            return
        translation = article.translations.get(language)
        if translation is None:
            stored = article.translations.get(excerpt.language)
            translation = stored or next(iter(article.translations.values()))
        # An article may have been shortened since the message was written.
        if not 0 < excerpt.section <= len(translation.sections):
            writing.write(translation.title, "bold")
            writing.write("\n")
            body = translation.opening
        else:
            section = translation.sections[excerpt.section - 1]
            writing.write(section.title, "bold")
            writing.write("\n")
            body = section.body
        self._blocks(writing, body, translation.language)

    def _text(self, writing: Writing, text: Text, language: str) -> None:
        pattern = self.catalogue.translate(text, language)
        self._blocks(writing, pattern, language, text)

    def _blocks(
        self,
        writing: Writing,
        markup: str,
        language: str,
        text: Text | None = None,
    ) -> None:
        rtl = self._direction(language) == "rtl"
        previous: Block | None = None
        for block in parse(markup):
            line = Writing()
            self._lead(line, block)
            for inline in block.inlines:
                self._inline(line, inline, language, text)
            if previous is not None:
                tight = type(block) is type(previous) and isinstance(block, Bullet | Step)
                writing.write("\n" if tight else "\n\n")
            _append(writing, line, rtl=rtl)
            previous = block

    @staticmethod
    def _lead(line: Writing, block: Block) -> None:
        match block:
            case Step(number=number):
                line.write(f"{number}. ")
            case Bullet():
                line.write("• ")
            case _:
                pass

    def _inline(self, line: Writing, inline: Inline, language: str, text: Text | None) -> None:
        match inline:
            case Plain(text=run):
                self._run(line, run, language, text, bold=False)
            case Bold(text=run):
                self._run(line, run, language, text, bold=True)
            case Link(text=run, url=url):
                self._link(line, Web(run, url), language)

    def _run(
        self, line: Writing, run: str, language: str, text: Text | None, *, bold: bool
    ) -> None:
        kind: Literal["bold"] | None = "bold" if bold else None
        if text is None:
            line.write(run, kind)
            return
        end = 0
        for found in PLACEHOLDER.finditer(run):
            line.write(run[end : found.start()], kind)
            value = text.named.get(found[1])
            if value is None:
                line.write(found[0], kind)
            elif isinstance(value, Web):
                self._link(line, value, language)
            else:
                line.write(self._value(value, found[2], language), kind)
            end = found.end()
        line.write(run[end:], kind)

    def _link(self, line: Writing, web: Web, language: str) -> None:
        direction = self._direction(language)
        if web.url.startswith("tel:"):
            line.write(values.digits(web.text, direction), "phone", web.url)
        else:
            line.write(values.isolate(web.text, direction), "link", web.url)

    def _value(self, value: Value, form: str | None, language: str) -> str:
        direction = self._direction(language)
        match value:
            case datetime():
                return self._moment(value, form, language, direction)
            case date():
                write = values.write_short_day if form == "shortday" else values.write_day
                return write(value, language, direction)
            case Text():
                return self.plain(value, language)
            case Words():
                words = value.in_language(self.catalogue.languages.chain(language))
                return values.isolate(words, direction)
            case int():
                return str(value)
            case _:
                return values.isolate(str(value), direction)

    def _moment(self, at: datetime, form: str | None, language: str, direction: str) -> str:
        match form:
            case "time":
                return values.write_time(at, self.zone, direction)
            case "short":
                return values.write_short_moment(at, language, self.zone, direction)
            case "day":
                day = at.astimezone(self.zone).date()
                return values.write_day(day, language, direction)
            case _:
                return values.write_moment(at, language, self.zone, direction)

    def _direction(self, language: str) -> Literal["ltr", "rtl"]:
        return self.catalogue.languages[language].direction


def _attached(part: Attached) -> Text:
    """What stands for a photo or a recording where it cannot be shown."""
    if part.kind == "photo":
        return _("(A photo)")
    return n_(
        "(A voice message, one second)",
        "(A voice message, {n:number} seconds)",
        n=part.seconds,
    )


def _append(writing: Writing, line: Writing, *, rtl: bool) -> None:
    """Add a finished line; a right-to-left one is made to start right-to-left."""
    text = values.start_rtl(line.text) if rtl else line.text
    base = writing.length + (len(text) - len(line.text))
    writing.text += text
    writing.entities += [
        Entity(entity.kind, base + entity.offset, entity.length, entity.url)
        for entity in line.entities
    ]
