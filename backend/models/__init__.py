"""The tables. Constraints carry the guarantees; names follow one convention."""

from backend.models.base import Base, Instant
from backend.models.booking import Booking, Claim, Meeting
from backend.models.calendar import (
    Busy,
    Closure,
    Feed,
    Hours,
    Invitation,
    Override,
    Service,
    Unit,
)
from backend.models.conversation import Conversation, Inbox, Message
from backend.models.operations import Bucket, Journal, Setting
from backend.models.person import Address, Card, Contact, Deadline, Handoff, Notice, Person
from backend.models.question import ArticleEdit, Question
from backend.models.series import Series
from backend.models.staff import Staff, StaffSession

__all__ = [
    "Address",
    "ArticleEdit",
    "Base",
    "Booking",
    "Bucket",
    "Busy",
    "Card",
    "Claim",
    "Closure",
    "Contact",
    "Conversation",
    "Deadline",
    "Feed",
    "Handoff",
    "Hours",
    "Inbox",
    "Instant",
    "Invitation",
    "Journal",
    "Meeting",
    "Message",
    "Notice",
    "Override",
    "Person",
    "Question",
    "Series",
    "Service",
    "Setting",
    "Staff",
    "StaffSession",
    "Unit",
]
