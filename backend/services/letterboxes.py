"""Mobile numbers and mail addresses people have given to be reminded by.

Rows of ``Address`` like any other, on a channel that only sends. Each has a conversation, which
holds what was sent there.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from sqlalchemy import ColumnElement, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.mail import is_mail_address
from backend.models import Address, Conversation, Message, Person
from dialogs.reaching import LETTERBOXES, NotAMailAddress, NotAMobile

REGION = "SE"
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
UNPROVEN_KEPT = timedelta(days=1)
# Nobody writes from there, so it is never the conversation she used last.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def mobile_number(typed: str) -> str:
    """A mobile number in the international form, +46701234567. Raises NotAMobile.

    One without a country code is taken for Swedish.
    """
    try:
        number = phonenumbers.parse(typed, REGION)
    except NumberParseException:
        raise NotAMobile from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise NotAMobile
    if phonenumbers.number_type(number) not in MOBILE:
        raise NotAMobile
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def mail_address(typed: str) -> str:
    """A mail address with its domain in small letters. Raises NotAMailAddress."""
    name, _at, domain = typed.strip().rpartition("@")
    address = f"{name}@{domain.lower()}"
    if not is_mail_address(address):
        raise NotAMailAddress
    return address


def hint_of(kind: str, account: str) -> str:
    """As much of a number or address as she needs to know it again, and no more."""
    if kind == "sms":
        return f"•••{account[-2:]}"
    name, _at, domain = account.rpartition("@")
    return f"{name[:1]}•••@{domain}"


async def forget_unproven(session: AsyncSession, now: datetime) -> None:
    """Delete numbers and addresses whose code never came back."""
    asked_lately = exists().where(
        Message.conversation_id == Conversation.id,
        Conversation.address_id == Address.id,
        Message.created_at > now - UNPROVEN_KEPT,
    )
    await session.execute(delete(Address).where(~Address.confirmed, ~asked_lately))


async def forget_letterboxes(session: AsyncSession, person: str) -> None:
    """Delete a person's numbers and addresses, and her order of ways."""
    await session.execute(
        delete(Address).where(Address.person_id == person, Address.channel.in_(LETTERBOXES))
    )
    await session.execute(update(Person).where(Person.id == person).values(reach=[]))


def last_fault() -> ColumnElement[str | None]:
    """Why the last thing sent into a conversation could not arrive, or None; of Conversation."""
    return (
        select(case((Message.state == "failed", func.coalesce(Message.error, "failed"))))
        .where(
            Message.conversation_id == Conversation.id,
            Message.direction == "out",
            Message.state.in_(("sent", "delivered", "read", "failed")),
            or_(Message.error.is_(None), Message.error != "expired"),
        )
        .order_by(Message.seq.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
