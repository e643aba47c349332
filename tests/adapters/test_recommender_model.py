"""The model's file: whole, mapped, and refused when it is not what was written."""

import json
from pathlib import Path

import numpy as np
import pytest

from libraries import make_books, make_choices, train
from luminalib.adapters.recommenders.model import open_model, to_bytes
from luminalib.ports.recommender import BrokenModel

BOOKS = make_books(30)
CONTENT = to_bytes(train(BOOKS, make_choices(BOOKS, 20)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.model"


def test_what_was_written_is_read(path: Path) -> None:
    path.write_bytes(CONTENT)
    model = open_model(path)
    assert list(model.book_ids) == [book.id for book in BOOKS]
    assert to_bytes(model) == CONTENT
    assert isinstance(model.weights.values, np.memmap)
    assert not model.weights.values.flags.writeable


def test_a_model_outlives_its_file(path: Path) -> None:
    path.write_bytes(CONTENT)
    model = open_model(path)
    path.unlink()
    assert to_bytes(model) == CONTENT


def test_training_is_deterministic() -> None:
    assert to_bytes(train(BOOKS, make_choices(BOOKS, 20))) == CONTENT


@pytest.mark.parametrize("size", [0, 1, 30, len(CONTENT) // 2, len(CONTENT) - 1])
def test_half_a_file(path: Path, size: int) -> None:
    path.write_bytes(CONTENT[:size])
    with pytest.raises(BrokenModel):
        open_model(path)


def test_any_changed_byte(path: Path) -> None:
    for at in range(0, len(CONTENT), 101):
        path.write_bytes(CONTENT[:at] + bytes([CONTENT[at] ^ 1]) + CONTENT[at + 1 :])
        try:
            model = open_model(path)
        except BrokenModel:
            continue
        assert to_bytes(model) == CONTENT, f"byte {at} was changed and nobody saw it"


def test_another_format(path: Path) -> None:
    header, _, body = CONTENT.partition(b"\n")
    path.write_bytes(json.dumps(json.loads(header) | {"format": "luminalib-recommender/0"}).encode() + b"\n" + body)
    with pytest.raises(BrokenModel, match="format"):
        open_model(path)


def test_no_file(path: Path) -> None:
    with pytest.raises(BrokenModel):
        open_model(path)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_the_smallest_libraries(path: Path, size: int) -> None:
    books = BOOKS[:size]
    path.write_bytes(to_bytes(train(books, [])))
    assert list(open_model(path).book_ids) == [book.id for book in books]
