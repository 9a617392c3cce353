"""Reminders of meetings: which there are is data, when they fall due and what they say is here."""
