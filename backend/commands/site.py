"""``ingang site check [FILE]``: is a site file right, and if not, what is wrong on which line?"""

from __future__ import annotations

import argparse
from pathlib import Path

from backend.commands.failure import CommandFailed
from backend.commands.types import Commands
from backend.settings import Settings
from backend.site import BrokenSite, read_site


def add_to(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser("site", help="the file of units, services and hours")
    what = parser.add_subparsers(dest="what", required=True)
    check = what.add_parser("check", help="say what is wrong with it, line by line")
    check.add_argument("file", nargs="?", type=Path, help="another file than INGANG_SITE")
    parser.set_defaults(run=run)


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Print what the file holds. Raises CommandFailed with every fault."""
    path: Path = chosen.file or settings.site
    try:
        site = read_site(path)
    except BrokenSite as error:
        raise CommandFailed(str(error)) from error
    print(
        f"{path}: {len(site.units)} units, {len(site.services)} services, "
        f"{len(site.coaches)} coaches, {len(site.activities)} activities"
    )
    return 0
