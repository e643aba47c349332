"""Language engines."""
