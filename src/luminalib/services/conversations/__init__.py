"""Asking the library."""

from luminalib.services.conversations.agent import Agent
from luminalib.services.conversations.answerer import Answerer
from luminalib.services.conversations.errand import Question
from luminalib.services.conversations.events import Happening, Token, ToolEnded, ToolStarted
from luminalib.services.conversations.finding import Finder
from luminalib.services.conversations.service import ConversationService, Tools
from luminalib.services.conversations.tools import ToolBox
from luminalib.services.conversations.ways import Ways

__all__ = [
    "Agent",
    "Answerer",
    "ConversationService",
    "Finder",
    "Happening",
    "Question",
    "Token",
    "ToolBox",
    "ToolEnded",
    "ToolStarted",
    "Tools",
    "Ways",
]
