"""Reminders by e-mail, through the mail server that invitations go by too."""
