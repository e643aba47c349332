"""Ranking books: by content alone (tfidf), or by content and community in one model (hybrid)."""
