"""An index in two kinds of files on this machine: words in SQLite's FTS5, vectors in memory-mapped arrays."""

from luminalib.adapters.passage_index.local.index import LocalPassageIndex

__all__ = ["LocalPassageIndex"]
