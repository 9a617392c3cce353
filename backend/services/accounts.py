"""Accounts of those who work here: opened, changed and closed, by an admin or at the server.

Every change is journalled. Nobody closes or demotes herself, nor the last one who could undo it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Journal, Staff, StaffSession
from backend.models.base import new_id
from backend.services import catalogue
from backend.services.centre import NoSuchStaff
from backend.services.invitations import set_address
from backend.work import Work

ROLES = ("coach", "coordinator", "editor", "admin")
ADMIN = "admin"
SIGNED_IN = "signed_in"


class UsernameTaken(Exception):
    """Another account has that user name; a closed one keeps it too."""


class OwnAccount(Exception):
    """One's own account; somebody else has to do that."""


class LastAdmin(Exception):
    """Nobody would be left who can open accounts."""


@dataclass(frozen=True)
class Profile:
    """What an account says of its owner. ``languages`` are codes, ``email`` is at work."""

    name: str
    role: str
    email: str | None = None
    languages: tuple[str, ...] = ()


async def everyone(session: AsyncSession) -> Sequence[Staff]:
    """Every account by name; the closed ones come last."""
    rows = await session.scalars(
        select(Staff).order_by(Staff.is_active.desc(), Staff.name, Staff.username)
    )
    return rows.all()


async def last_signed_in(session: AsyncSession) -> Mapping[str, datetime]:
    """When each account last got in, by id; those that never did are missing."""
    rows = await session.execute(
        select(Journal.entity_id, func.max(Journal.at))
        .where(Journal.entity == "staff", Journal.action == SIGNED_IN)
        .group_by(Journal.entity_id)
    )
    return {row[0]: row[1] for row in rows}


async def find(session: AsyncSession, username: str) -> str:
    """An account's id. Raises NoSuchStaff."""
    staff = await session.scalar(select(Staff.id).where(Staff.username == username))
    if staff is None:
        raise NoSuchStaff(username)
    return staff


async def add(work: Work, username: str, profile: Profile, password_hash: str) -> str:
    """Open an account; its id. Raises UsernameTaken."""
    session = await work.writing()
    staff = new_id()
    row = {
        "id": staff,
        "username": username,
        "name": profile.name,
        "role": profile.role,
        "email": profile.email,
        "languages": list(profile.languages),
        "services": [],
        "password_hash": password_hash,
        "created_at": work.clock.now(),
    }
    try:
        await session.execute(insert(Staff).values(**row))
    except IntegrityError as error:
        raise UsernameTaken(username) from error
    await catalogue.touch(session)
    work.note("staff", staff, "added", role=profile.role)
    return staff


async def change(work: Work, staff: str, profile: Profile) -> None:
    """Change what an account says. A new role counts from the next page its owner opens.

    Raises NoSuchStaff, OwnAccount or LastAdmin.
    """
    session = await work.writing()
    row, admins = await _locked(session, staff)
    wanted: Mapping[str, object] = {
        "name": profile.name,
        "role": profile.role,
        "languages": list(profile.languages),
        "email": profile.email,
    }
    changed = [column for column, value in wanted.items() if getattr(row, column) != value]
    if not changed:
        return
    if "role" in changed:
        _expect_admin_left(work, row, admins)
    if "email" in changed:
        await set_address(session, row.username, profile.email)
    for column in changed:
        setattr(row, column, wanted[column])
    await session.flush()
    await catalogue.touch(session)
    work.note("staff", staff, "changed", columns=" ".join(sorted(changed)), role=row.role)


async def set_password(work: Work, staff: str, password_hash: str) -> None:
    """Give an account another password and sign it out everywhere. Raises NoSuchStaff."""
    session = await work.writing()
    row, _admins = await _locked(session, staff)
    row.password_hash = password_hash
    await session.flush()
    await _sign_out(session, staff)
    work.note("staff", staff, "password_reset")


async def reset_second_factor(work: Work, staff: str) -> None:
    """Forget an account's phone and recovery codes; sign it out everywhere. Raises NoSuchStaff."""
    session = await work.writing()
    row, _admins = await _locked(session, staff)
    row.totp_sealed, row.totp_used = None, 0
    await session.flush()
    await _sign_out(session, staff)
    work.note("staff", staff, "second_factor_reset")


async def close(work: Work, staff: str) -> None:
    """Close an account: nobody can sign in with it, and nobody stays signed in.

    Raises NoSuchStaff, OwnAccount or LastAdmin.
    """
    session = await work.writing()
    row, admins = await _locked(session, staff)
    if not row.is_active:
        return
    _expect_admin_left(work, row, admins)
    row.is_active = False
    await session.flush()
    await _sign_out(session, staff)
    await catalogue.touch(session)
    work.note("staff", staff, "closed")


async def reopen(work: Work, staff: str) -> None:
    """Let an account be used again, with the password it had. Raises NoSuchStaff."""
    session = await work.writing()
    row, _admins = await _locked(session, staff)
    if row.is_active:
        return
    row.is_active = True
    await session.flush()
    await catalogue.touch(session)
    work.note("staff", staff, "reopened")


async def _locked(session: AsyncSession, staff: str) -> tuple[Staff, frozenset[str]]:
    """An account, and who the active admins are; all of them are locked, in order of id.

    So two admins who demote each other at the same moment do it one after the other.
    """
    is_admin = and_(Staff.role == ADMIN, Staff.is_active)
    rows = await session.scalars(
        select(Staff)
        .where(or_(Staff.id == staff, is_admin))
        .order_by(Staff.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows}
    if staff not in found:
        raise NoSuchStaff(staff)
    admins = (row.id for row in found.values() if row.role == ADMIN and row.is_active)
    return found[staff], frozenset(admins)


def _expect_admin_left(work: Work, row: Staff, admins: frozenset[str]) -> None:
    if work.actor == f"staff:{row.id}":
        raise OwnAccount(row.id)
    if admins == {row.id}:
        raise LastAdmin(row.id)


async def _sign_out(session: AsyncSession, staff: str) -> None:
    await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff))
