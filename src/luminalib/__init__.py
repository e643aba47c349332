"""LuminaLib: a self-hosted library server that has read its books."""

__version__ = "0.1.0"
