"""What people will see of words that have not been saved: the card and each "more", as sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from backend.clock import ZONE
from backend.runtime import Runtime
from dialogs import articles
from dialogs.core import say
from dialogs.messages import Excerpt, Rendered
from dialogs.render import Renderer
from knowledge.article import Article, Translation


@dataclass(frozen=True)
class _Only:
    """The only article there is."""

    piece: Article

    def article(self, slug: str) -> Article | None:
        """It, whatever is asked for."""
        return self.piece


def preview(
    runtime: Runtime, piece: Article, words: Translation, today: date
) -> Sequence[Rendered]:
    """The first card with who decides and where it comes from, then a message each section."""
    alone = replace(piece, translations={words.language: words})
    renderer = Renderer(runtime.texts, _Only(alone), ZONE)

    def part(number: int) -> Excerpt:
        return Excerpt(piece.slug, words.language, number, words.digest)

    card = say(part(0), articles.footer(piece, words, today))
    sections = (say(part(number)) for number in range(1, len(words.sections) + 1))
    return [renderer.render(reply, words.language) for reply in (card, *sections)]
