"""The queue by keyboard alone: two hundred rows, two keystrokes each; and nothing jumps meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, Route, expect
from sqlalchemy import select, update

from backend.app import create_app
from backend.database import Database
from backend.demo import PASSWORD as DEMO_PASSWORD
from backend.migrate import migrate
from backend.models import Booking, Contact, Handoff, Inbox, Staff
from backend.vault import Vault
from tests.browser.conftest import REPORT_VIOLATIONS, Server
from tests.browser.full_queue import fill
from tests.browser.served import Program, program
from tests.conftest import FrozenClock
from tests.integration.console_office import PASSWORD, Office, open_office

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DESK = {"width": 1280, "height": 900}
SMALLEST = {"width": 320, "height": 640}
MIXED = {
    "message": 50,
    "booking": 35,
    "outcome": 35,
    "call": 25,
    "request": 20,
    "interpreter": 20,
    "no_time": 5,
    "call_off": 5,
    "failure": 5,
}
MOST_KEYS = 2

# What each key does to each kind: the state it leaves behind. Some rows have more than one.
AFTER: dict[str, dict[str, str]] = {
    "message": {"1": "answered"},
    "call": {"1": "answered"},
    "booking": {"1": "seen"},
    "outcome": {"1": "attended", "2": "no_show", "3": "excused"},
    "request": {"1": "confirmed", "3": "cancelled"},
    "interpreter": {"1": "booked", "2": "failed"},
    "no_time": {"2": "cancelled"},
    "call_off": {"1": "cancelled"},
    "failure": {"1": "done"},
}
EVERY_KIND = (*MIXED, "orphan")
