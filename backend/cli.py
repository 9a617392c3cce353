"""The command line ``ingang``: one command for each thing an operator or editor does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from backend.commands import chat, demo, doctor, i18n, kb, migrate, people, serve, site, staff
from backend.commands.failure import CommandFailed
from backend.settings import Settings

GROUPS = (serve, migrate, demo, chat, kb, site, staff, people, doctor, i18n)


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="ingang", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add_to(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it went well, 1 when not, 2 when it was not understood."""
    chosen = parser().parse_args(arguments)
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            name = "INGANG_" + "_".join(str(part) for part in problem["loc"]).upper()
            print(f"{name}: {problem['msg']}", file=sys.stderr)
        return 1
    try:
        code: int = chosen.run(settings, chosen)
    except CommandFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
