"""Keeping the centre: hours, days that differ, closed days, services and places."""
