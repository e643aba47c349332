"""Agents."""

from luminalib.services.agents.agents import Agent, Answering, ExtractAgent, QualifyAgent, ReplyAgent
from luminalib.services.agents.service import AgentService, AgentTools

__all__ = ["Agent", "AgentService", "AgentTools", "Answering", "ExtractAgent", "QualifyAgent", "ReplyAgent"]
