"""What an account says of its owner, as it is typed into a form, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from starlette.datastructures import FormData

from backend.hygiene import clean
from backend.mail import is_mail_address
from backend.models import Staff
from backend.services.accounts import Profile
from backend.site.entries import CoachEntry
from dialogs.text import Text, _

LONGEST_NAME = 80
USERNAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")

ROLES: Mapping[str, Text] = {
    "coach": _("Coach"),
    "coordinator": _("Coordinator"),
    "editor": _("Editor"),
    "admin": _("Admin"),
}


@dataclass(frozen=True)
class Draft:
    """A profile as it is typed; ``wrong`` says what is wrong, by field."""

    username: str = ""
    name: str = ""
    role: str = "coach"
    email: str = ""
    languages: tuple[str, ...] = ()
    wrong: Mapping[str, Text] = field(default_factory=dict)

    def profile(self) -> Profile:
        """As it is stored."""
        return Profile(self.name, self.role, self.email or None, self.languages)


def typed(form: FormData) -> Draft:
    """What a form holds."""
    return Draft(
        _line(form, "username"),
        _line(form, "name"),
        _line(form, "role"),
        _line(form, "email"),
        tuple(dict.fromkeys(each for each in form.getlist("languages") if isinstance(each, str))),
    )


def draft_of(row: Staff) -> Draft:
    """What an account says now."""
    return Draft(row.username, row.name, row.role, row.email or "", tuple(row.languages))


def with_filed(draft: Draft, row: Staff, entry: CoachEntry | None) -> Draft:
    """The same, but for what the site file says of a coach: it would take that back again."""
    if entry is None:
        return draft
    email = draft.email if entry.email is None else row.email or ""
    return replace(draft, name=row.name, email=email, languages=tuple(row.languages))


def faults(draft: Draft, languages: Collection[str], *, is_new: bool) -> dict[str, Text]:
    """What is wrong, by field; ``languages`` are those that can be chosen."""
    wrong: dict[str, Text] = {}
    if is_new and (len(draft.username) > LONGEST_NAME or not USERNAME.fullmatch(draft.username)):
        wrong["username"] = _("Write small letters a-z and digits, without spaces.")
    if not draft.name:
        wrong["name"] = _("Write a name.")
    elif len(draft.name) > LONGEST_NAME:
        wrong["name"] = _(
            "This is too long. {most:number} characters are the most.", most=LONGEST_NAME
        )
    if draft.role not in ROLES:
        wrong["role"] = _("Choose a role.")
    if draft.email and not is_mail_address(draft.email):
        wrong["email"] = _("Write one e-mail address, such as anna@example.se.")
    if not set(draft.languages) <= set(languages):
        wrong["languages"] = _("Choose from the list.")
    return wrong


def _line(form: FormData, name: str) -> str:
    value = form.get(name)
    return " ".join(clean(value).split()) if isinstance(value, str) else ""
