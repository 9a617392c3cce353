"""Database, services, HTTP, widget, console, worker and command line."""
