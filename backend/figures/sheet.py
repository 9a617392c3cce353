"""A table as a CSV file that spreadsheet programs read rightly and do not run.

UTF-8 with a mark at the start, so that names keep their letters; commas; a cell that a program
would take for a formula is led by an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int


def write(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file; the first row is the header."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
