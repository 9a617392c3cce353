"""The words of an article in one language, as a form has them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from backend.hygiene import clean
from dialogs.text import Text, _
from knowledge.article import Approval, Translation
from knowledge.flaw import Flaw
from knowledge.reading import flaws_of, parse_translation
from knowledge.writing import compose, write_body

FENCE = "+++"

# Marks are values: in a text of ours they would be marks themselves.
BOLD_MARK, LINK_EXAMPLE = "**", "[words](https://…)"

# What the reader of articles says of a line, in words for whoever has written it.
BODY_FLAWS: Mapping[str, Text] = {
    "the text must begin with the answer": _(
        "The text begins with the answer, as one line of its own."
    ),
    "there must be at most": _("There can be three steps at most."),
    "a section must have a heading": _("A section has a heading, and text below it."),
    "is longer than one message": _(
        "This part is too long for one message. Make it shorter, or divide it into sections."
    ),
    "steps must be numbered": _("Steps are numbered 1, 2, 3."),
    "a line begins without spaces": _("A line cannot begin with a space."),
    "only a section has a heading": _("A heading begins with ## and a space."),
    "a bullet begins": _("A point in a list begins with a hyphen and a space, and has text."),
    "a step begins": _("A step begins with its number, a full stop and a space, and has text."),
    "quotes are not": _("A line cannot begin with >."),
    "tables are not": _("A line cannot begin with |."),
    "code is not": _("A line cannot begin with ``` or ~~~."),
    "bold is opened": _(
        "Bold words have {mark} before and after them, on the same line.", mark=BOLD_MARK
    ),
    "a link is written": _(
        "A link is written {example}, without brackets inside.", example=LINK_EXAMPLE
    ),
    "HTML is not": _("HTML cannot be used."),
    "a link leads to": _("A link leads to https://, tel: or mailto:."),
    "bold and links hold": _("Bold and links hold words, without a space at either end."),
}
HEAD_FLAWS: Mapping[str, Text] = {
    "title": _("Write a title."),
    "questions": _("Write 5 to 8 questions, each on a line of its own."),
    "keywords": _("Write each word once, on a line of its own."),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong, at which field; ``line`` counts from 1 in the body, 0 elsewhere."""

    field: str
    line: int
    says: Text


@dataclass(frozen=True)
class Draft:
    """What is filled in. Whether it is an article's text is for ``faults`` to say."""

    title: str = ""
    questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    body: str = ""

    @classmethod
    def of(cls, form: FormData) -> Draft:
        """As it was sent."""
        return cls(
            " ".join(_said(form, "title").split()),
            _lines(_said(form, "questions")),
            _lines(_said(form, "keywords")),
            _said(form, "body").strip(),
        )

    @classmethod
    def from_words(cls, words: Translation) -> Draft:
        """As it is now."""
        return cls(words.title, words.questions, words.keywords, write_body(words).strip())

    def source(self, approval: Approval | None = None) -> str:
        """The text of the file it would be."""
        return compose(self.title, self.questions, self.keywords, self.body, approval)

    def faults(self) -> tuple[Fault, ...]:
        """Everything that keeps it from being an article's text."""
        source = self.source()
        head = source.split("\n").index(FENCE, 1) + 1
        return tuple(_fault(flaw, head) for flaw in flaws_of(source))

    def translation(self, language: str) -> Translation | None:
        """The words, or None while something is wrong with them."""
        try:
            return parse_translation(language, self.source())
        except Flaw:
            return None


def _fault(flaw: Flaw, head: int) -> Fault:
    if flaw.line > head:
        return Fault("body", flaw.line - head, _says(flaw, BODY_FLAWS))
    for field, says in HEAD_FLAWS.items():
        if flaw.what.startswith(field):
            return Fault(field, 0, says)
    return Fault("body", 1, _says(flaw, BODY_FLAWS))


def _says(flaw: Flaw, known: Mapping[str, Text]) -> Text:
    for begins, says in known.items():
        if flaw.what.startswith(begins):
            return says
    return _("This cannot be read.")


def _lines(text: str) -> tuple[str, ...]:
    """Each line once, without what is empty."""
    lines: Iterable[str] = (" ".join(line.split()) for line in text.split("\n"))
    return tuple(dict.fromkeys(line for line in lines if line))


def _said(form: FormData, name: str) -> str:
    value = form.get(name)
    return clean(value) if isinstance(value, str) else ""
