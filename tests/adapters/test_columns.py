"""Pages that were painted row by row: columns are read one after the other, tables and plain pages stay as they are."""

import io
from array import array
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from luminalib.adapters.text import pdf
from luminalib.adapters.text.columns import in_columns
from oddfiles import read, words

LEFT = (
    "The ferry left the quay before dawn and the gulls followed it over the bar. Mira counted the crates of pears that "
    "stood on the deck, and wrote the number into the harbour book with a blunt pencil. Nobody had told her that the "
    "bridge was closed, so she walked along the river until the road ended at a garden wall. "
)
RIGHT = (
    "In the other town the mayor opened a well that had been dry for a century. Children threw their hats into it and "
    "waited for an echo, which came late and in another voice. The baker closed his shop, since everybody stood in the "
    "square, and went to look for the rope that his grandfather had buried. "
)


def wrapped(text: str, width: float) -> list[str]:
    return [*simpleSplit(text, "Helvetica", 10, width)]


def painted(rows: list[tuple[str, ...]], places: tuple[float, ...], above: str = "", below: str = "") -> bytes:
    """A page whose rows are painted one after the other, cell by cell, between two lines that run across."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica", 10)
    y = A4[1] - 60
    for line in wrapped(above, A4[0] - 100):
        canvas.drawString(places[0], y, line)
        y -= 13
    for row in rows:
        for text, x in zip(row, places, strict=True):
            canvas.drawString(x, y, text)
        y -= 13
    for line in wrapped(below, A4[0] - 100):
        canvas.drawString(places[0], y, line)
        y -= 13
    canvas.save()
    return buffer.getvalue()


def rows_of(*columns: list[str]) -> list[tuple[str, ...]]:
    longest = max(map(len, columns))
    return list(zip(*([*column, *[""] * (longest - len(column))] for column in columns), strict=True))


@pytest.mark.parametrize("count", [2, 3])
def test_columns_that_were_painted_row_by_row_are_read_one_after_the_other(count: int, tmp_path: Path) -> None:
    width = 480 / count - 20
    columns = [wrapped(text * 2, width) for text in (LEFT, RIGHT, LEFT.upper())[:count]]
    places = tuple(50 + at * (width + 20) for at in range(count))
    text = words(read(pdf, painted(rows_of(*columns), places), tmp_path))
    assert [" ".join(column) in " ".join(text.split()) for column in columns] == [True] * count


def test_what_runs_across_stands_before_and_behind_the_columns(tmp_path: Path) -> None:
    columns = [wrapped(LEFT, 230), wrapped(RIGHT, 230)]
    above = "This is what the paper says of both towns, in a paragraph that runs across the page, from edge to edge of it. " * 2
    below = "And this is what it says at the end, across the page, for those who have read both columns down to here. " * 2
    text = " ".join(words(read(pdf, painted(rows_of(*columns), (50, 300), above, below), tmp_path)).split())
    places = [text.find(piece) for piece in (above.strip(), " ".join(columns[0]), " ".join(columns[1]), below.strip())]
    assert places == sorted(places)
    assert places[0] == 0


def test_a_word_that_is_cut_at_the_end_of_a_left_column_is_one(tmp_path: Path) -> None:
    left = wrapped(LEFT, 230)
    left[3:5] = ["and the harbour-master wrote the num-", "ber into his book before the others"]
    text = words(read(pdf, painted(rows_of(left, wrapped(RIGHT, 230)), (50, 300)), tmp_path))
    assert "wrote the number into his book" in " ".join(text.split())


@pytest.mark.parametrize(
    "rows",
    [
        [(f"Item {number}", f"what is to be said of the thing that has the number {number}") for number in range(12)],
        [(f"A cell of some length, {number}", "short") for number in range(12)],
        [
            (
                f"December {number}, second draft" if number % 3 == 0 else "",
                f"a version after the discussion that was the {number}th",
            )
            for number in range(24)
        ],
    ],
)
def test_a_table_stays_one(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    text = " ".join(words(read(pdf, painted(rows, (50, 260)), tmp_path)).split())
    assert all(" ".join(filter(None, row)) in text for row in rows)


def test_a_plain_page_stays_as_it_is(tmp_path: Path) -> None:
    text = " ".join(words(read(pdf, painted([], (50,), LEFT * 2, RIGHT * 2), tmp_path)).split())
    assert text == " ".join((LEFT * 2 + RIGHT * 2).split())


def test_endless_lines_are_not_held_against_one_another() -> None:
    """Each is held against all below it: ten thousand took longer than the whole file may."""
    asked: list[list[int]] = []

    def origins(places: list[int]) -> tuple["array[float]", "array[float]"]:
        asked.append(places)
        return array("d", places), array("d", places)

    lines = [f"{LEFT[:40]}        {RIGHT[:40]}"] * 10_000
    assert in_columns(lines, [90 * number for number in range(len(lines))], set(), origins) is None
    assert not asked
