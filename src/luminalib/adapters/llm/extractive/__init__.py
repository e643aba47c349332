"""A language engine that needs no model: what it says are sentences, phrases and figures of the book itself."""

from luminalib.adapters.llm.extractive.provider import ExtractiveLLM

__all__ = ["ExtractiveLLM"]
