"""All words of a tenant's catalogue in little memory, to find those that are spelt almost like another."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import sqlalchemy as sa

from luminalib.adapters.db.catalogue import catalogue_words
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Statement
from luminalib.domain.catalogue import errors_allowed

AT_ONCE = 50_000
TENANTS_KEPT = 8
NEAR = 50
"""So many corrections of a word are tried."""
_W = catalogue_words.c
_NEWER = Statement(
    sa.select(_W.id, _W.word)
    .where(_W.id > sa.bindparam("after", type_=sa.Integer, required=True))
    .order_by(_W.id)
    .limit(sa.literal_column(str(AT_ONCE)))
)


class Lexicons:
    """The words of the tenants that were asked about last; new words are read when they are needed."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._of: OrderedDict[str, _Lexicon] = OrderedDict()

    async def near(self, tenant_id: str, words: Sequence[str]) -> dict[str, list[str]]:
        """For each word the ones that differ in as few letters as may be wrong, the nearest first; itself is not among them."""
        if tenant_id not in self._of:  # in a thread, as the first one imports what is slow to import
            self._of.setdefault(tenant_id, await asyncio.to_thread(_Lexicon))
        lexicon = self._of[tenant_id]
        self._of.move_to_end(tenant_id)
        if len(self._of) > TENANTS_KEPT:
            self._of.popitem(last=False)
        async with lexicon.reading:
            while rows := await self._reader.rows(_NEWER, tenant_id, after=lexicon.last):
                await asyncio.to_thread(lexicon.add, rows)
                if len(rows) < AT_ONCE:
                    break
        return await asyncio.to_thread(lambda: {word: lexicon.near(word) for word in words})


class _Lexicon:
    """Words as one text of bytes; for each its length and a mask of its letters, by which most are ruled out unread."""

    def __init__(self) -> None:
        import numpy as np  # noqa: PLC0415 -- slow to import, and needed only where something was misspelt
        from rapidfuzz.distance import OSA  # noqa: PLC0415 -- as above

        self._distance = OSA.distance
        self.last = 0
        self.reading = asyncio.Lock()
        self._starts = np.zeros(0, np.int64)
        self._lengths = np.zeros(0, np.int16)
        self._masks = np.zeros(0, np.uint32)
        self._text = b""

    def add(self, rows: Sequence[tuple[int, str]]) -> None:
        """Takes new words in, which are in the order of their ids."""
        import numpy as np  # noqa: PLC0415 -- as above

        encoded = [word.encode() for _, word in rows]
        ends = np.cumsum([len(word) for word in encoded]) + len(self._text)
        self._starts = np.concatenate([self._starts, ends - [len(word) for word in encoded]])
        self._text += b"".join(encoded)
        self._lengths = np.concatenate([self._lengths, np.array([len(word) for _, word in rows], np.int16)])
        self._masks = np.concatenate([self._masks, np.array([_mask(word) for _, word in rows], np.uint32)])
        self.last = rows[-1][0]

    def near(self, word: str) -> list[str]:
        """The words within the distance (optimal string alignment) that is allowed for one of this length."""
        import numpy as np  # noqa: PLC0415 -- as above

        allowed = errors_allowed(word)
        starts, lengths, masks = self._starts, self._lengths, self._masks
        if not allowed or not len(starts):
            return []
        # Each wrong letter adds one to the mask and takes one away, at most.
        likely = np.flatnonzero(
            (np.abs(lengths - len(word)) <= allowed) & (np.bitwise_count(masks ^ np.uint32(_mask(word))) <= 2 * allowed)
        )
        found = []
        for place in likely:
            stop = starts[place + 1] if place + 1 < len(starts) else len(self._text)
            other = self._text[starts[place] : stop].decode()
            distance = self._distance(word, other, score_cutoff=allowed)
            if 0 < distance <= allowed:
                found.append((distance, other[:1] != word[:1], other))
        return [other for _, _, other in sorted(found)[:NEAR]]


def _mask(word: str) -> int:
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) % 32)
    return mask
