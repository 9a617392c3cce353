"""Calendars: files and feeds going out, busy times coming in."""
