"""An index in two kinds of files on this machine: postings of words in SQLite, vectors in memory-mapped arrays."""

from luminalib.adapters.passage_index.local.index import LocalPassageIndex

__all__ = ["LocalPassageIndex"]
