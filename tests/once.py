"""What is slow to make is made once for all workers of a run; each has its own copy."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A new folder with what ``make`` puts into the one it is given."""
    mine = folders.mktemp(name)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        make(mine)
        return mine
    everybodys = folders.getbasetemp().parent
    made = everybodys / name
    with (everybodys / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(mine)
            shutil.copytree(mine, made)
            return mine
    shutil.copytree(made, mine, dirs_exist_ok=True)
    return mine
