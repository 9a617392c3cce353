"""The site file: who runs the service, where, what can be booked, and when coaches are there."""

from backend.site.applying import apply
from backend.site.entries import Site
from backend.site.reading import BrokenSite, read_site

__all__ = ["BrokenSite", "Site", "apply", "read_site"]
