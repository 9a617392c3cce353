"""What every table shares: names for all constraints, instants, JSON, and random ids."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Dialect, Integer, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

# Alembic rebuilds tables on SQLite and silently drops what has no name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime in Python, milliseconds since 1970 in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To milliseconds; a naive datetime is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs a time zone"
            raise ValueError(message)
        return round(value.timestamp() * 1000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From milliseconds."""
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: Instant,
        str: Text,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


def table(model: type[Base]) -> Table:
    """A model's table: inserting into it keeps rows of unlike columns in one statement."""
    return cast("Table", model.__table__)


# Counts up within one database; SQLite wants its own name for it.
Counter = BigInteger().with_variant(Integer, "sqlite")


def new_id() -> str:
    """A random id of 16 letters and digits (96 bits); says nothing about when or whose."""
    return secrets.token_urlsafe(12)
