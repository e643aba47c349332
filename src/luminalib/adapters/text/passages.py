"""Passages by the library semantic-text-splitter."""

import asyncio
from collections.abc import Iterator, Sequence

from semantic_text_splitter import TextSplitter

from luminalib.domain.passages import MOST_CHARACTERS, OVERLAP, Passage
from luminalib.domain.texts import Section
from luminalib.ports.passages import PassageSplitter

_STRETCH = 20_000
"""The library's work on a text without any break grows with the square of its length; longer texts are handed over in stretches."""


class SemanticPassageSplitter(PassageSplitter):
    """Works in a thread; the library itself is compiled."""

    def __init__(self) -> None:
        self._splitter = TextSplitter(MOST_CHARACTERS, overlap=OVERLAP)

    async def split(self, document_id: str, sections: Sequence[Section]) -> list[Passage]:
        """See PassageSplitter."""
        return await asyncio.to_thread(self._split, document_id, sections)

    def _split(self, document_id: str, sections: Sequence[Section]) -> list[Passage]:
        pieces = ((section, start, text) for section in sections for start, text in self._pieces(section.text))
        return [
            Passage(
                document_id=document_id,
                ordinal=ordinal,
                page=section.page,
                page_start=section.start,
                start=section.start + start,
                stop=section.start + start + len(text),
                text=text,
                heading=section.title,
            )
            for ordinal, (section, start, text) in enumerate(pieces)
        ]

    def _pieces(self, text: str) -> Iterator[tuple[int, str]]:
        for begin, stop in _stretches(text):
            for start, piece in self._splitter.chunk_indices(text[begin:stop]):
                if any(map(str.isalnum, piece)):
                    yield begin + start, piece


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Parts of at most `_STRETCH` characters, cut at the last paragraph, line or space of each, where it has one."""
    begin = 0
    while begin < len(text):
        stop = min(begin + _STRETCH, len(text))
        if stop < len(text):
            half = begin + _STRETCH // 2
            cuts = (text.rfind(mark, half, stop) for mark in ("\n\n", "\n", " "))
            stop = next((cut for cut in cuts if cut > 0), stop)
        yield begin, stop
        begin = stop
