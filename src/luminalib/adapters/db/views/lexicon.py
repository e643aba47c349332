"""All words of a tenant's catalogue in little memory, to find those that are spelt almost like another."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import sqlalchemy as sa

from luminalib.adapters.db.catalogue import catalogue_words
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.statements import Statement
from luminalib.domain.catalogue_questions import errors_allowed

AT_ONCE = 50_000
TENANTS_KEPT = 8
NEAR, FEWEST_NEAR = 60, 20
"""So many corrections are tried of all words together, but of each at least so many."""
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

    async def near(self, tenant_id: str, words: Sequence[str]) -> dict[str, dict[str, int]]:
        """For each word those that differ in as few letters as may be wrong, and in how many; the nearest first, itself with 0."""
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
        most = max(NEAR // max(len(words), 1), FEWEST_NEAR)
        return await asyncio.to_thread(lambda: {word: lexicon.near(word, most) for word in words})


class _Lexicon:
    """Words as one text of bytes; for each its length and a mask of its letters, by which nearly all are ruled out unread."""

    def __init__(self) -> None:
        import numpy as np  # noqa: PLC0415 -- slow to import, and needed only where something was misspelt

        self.last = 0
        self.reading = asyncio.Lock()
        self._text = b""
        self._bounds = np.zeros(1, np.int64)
        self._lengths = np.zeros(0, np.int16)
        self._masks = np.zeros(0, np.uint64)

    def add(self, rows: Sequence[tuple[int, str]]) -> None:
        """Takes new words in, which are in the order of their ids. Who looks for one meanwhile sees them all or none."""
        import numpy as np  # noqa: PLC0415 -- as above

        encoded = [word.encode() for _, word in rows]
        self._bounds = np.concatenate([self._bounds, np.cumsum([len(word) for word in encoded]) + len(self._text)])
        self._text += b"".join(encoded)
        self._lengths = np.concatenate([self._lengths, np.array([len(word) for _, word in rows], np.int16)])
        self._masks = np.concatenate([self._masks, np.array([_mask(word) for _, word in rows], np.uint64)])
        self.last = rows[-1][0]

    def near(self, word: str, most: int) -> dict[str, int]:
        """The `most` nearest words within the distance (optimal string alignment) allowed for one of this length, with theirs."""
        import numpy as np  # noqa: PLC0415 -- as above
        from rapidfuzz.distance import OSA  # noqa: PLC0415 -- as above
        from rapidfuzz.process import cdist  # noqa: PLC0415 -- as above

        allowed, own, masks = errors_allowed(word), np.uint64(_mask(word)), self._masks
        different = masks ^ own  # each wrong letter adds one to the mask and takes one away, at most
        is_likely = (np.bitwise_count(different & own) <= allowed) & (np.bitwise_count(different & masks) <= allowed)
        likely = np.flatnonzero(is_likely & (np.abs(self._lengths[: len(masks)] - len(word)) <= allowed))
        text, places = self._text, zip(self._bounds[likely].tolist(), self._bounds[likely + 1].tolist(), strict=True)
        others = [text[start:stop].decode() for start, stop in places]
        if not others:
            return {}
        distances = cdist([word], others, scorer=OSA.distance, score_cutoff=allowed)[0]
        found = [(int(distances[n]), others[n][:1] != word[:1], others[n]) for n in np.flatnonzero(distances <= allowed)]
        return {other: distance for distance, _, other in sorted(found)[:most]}


def _mask(word: str) -> int:
    """A bit for each letter of a word, and another one for each that is in it twice."""
    mask = 0
    for letter in word:
        bit = 1 << (ord(letter) % 32)
        mask |= bit << 32 if mask & bit else bit
    return mask
