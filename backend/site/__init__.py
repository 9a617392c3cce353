"""The site file: who runs the service, where, what can be booked, and when coaches are there."""

from backend.site.applying import apply, service_values, unit_values
from backend.site.entries import Site
from backend.site.reading import BrokenSite, read_site

__all__ = ["BrokenSite", "Site", "apply", "read_site", "service_values", "unit_values"]
