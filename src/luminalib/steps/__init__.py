"""What several use cases do within their units of work: they share these steps instead of knowing one another."""
