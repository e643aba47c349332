"""Asking the library."""

from luminalib.services.conversations.answerer import Answerer, Question
from luminalib.services.conversations.events import Happening, Token, ToolEnded, ToolStarted
from luminalib.services.conversations.service import ConversationService, Tools

__all__ = ["Answerer", "ConversationService", "Happening", "Question", "Token", "ToolEnded", "ToolStarted", "Tools"]
