"""Recommending: answers, the rankings behind them, and training."""

from luminalib.services.recommendations.answers import RecommendationService
from luminalib.services.recommendations.impressions import ImpressionNotes
from luminalib.services.recommendations.rankings import RankingLoader
from luminalib.services.recommendations.training import TrainingPolicy, TrainingService

__all__ = ["ImpressionNotes", "RankingLoader", "RecommendationService", "TrainingPolicy", "TrainingService"]
