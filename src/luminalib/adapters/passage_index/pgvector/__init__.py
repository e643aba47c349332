"""An index in tables of the library's own PostgreSQL: full text, and vectors by the extension pgvector."""

from luminalib.adapters.passage_index.pgvector.index import PgvectorPassageIndex

__all__ = ["PgvectorPassageIndex"]
