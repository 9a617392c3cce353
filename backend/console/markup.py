"""A rendered message as HTML. Nothing of it is trusted: every run of text is escaped."""

from __future__ import annotations

from markupsafe import Markup

from dialogs.messages import Entity, Rendered


def to_html(rendered: Rendered) -> Markup:
    """The words with their bold runs and links; line breaks stay, for CSS to show."""
    units = rendered.text.encode("utf-16-le")
    html, end = Markup(), 0
    for entity in sorted(rendered.entities, key=lambda entity: entity.offset):
        html += _between(units, end, entity.offset)
        end = entity.offset + entity.length
        html += _marked(entity, _between(units, entity.offset, end))
    return html + _between(units, end, len(units) // 2)


def _between(units: bytes, start: int, end: int) -> str:
    """Part of a text, by UTF-16 code units."""
    return units[2 * start : 2 * end].decode("utf-16-le")


def _marked(entity: Entity, text: str) -> Markup:
    match entity.kind:
        case "bold":
            return Markup("<strong>{}</strong>").format(text)
        case "phone":
            return Markup('<a class="number" dir="ltr" href="{}">{}</a>').format(entity.url, text)
        case "link":
            return Markup(
                '<a href="{}" rel="noopener noreferrer" target="_blank"><bdi>{}</bdi></a>'
            ).format(entity.url, text)
