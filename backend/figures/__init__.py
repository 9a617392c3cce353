"""Figures of the whole centre: who came, how long people wait. Pure functions over plain rows.

Counted by service, place or language, never by coach: this is no tool to rank those who work
here, and no row says who they are. What counts fewer than five people is not shown.
"""
