"""Which way questions are answered: what the settings say, else what a probe found out, else what calls have shown."""

from luminalib.domain.llm import AnswerWay
from luminalib.ports.conversing import ConversingModel


class Ways:
    """Remembers, as long as the server runs, that a model's calls of tools came to nothing."""

    def __init__(self, model: ConversingModel | None, wanted: AnswerWay | None) -> None:
        """`wanted` is None to find out."""
        self._model = model
        self._wanted = wanted
        self._default: AnswerWay | None = None
        self._has_failed = False

    async def current(self) -> AnswerWay:
        """The way of the next question."""
        if self._model is None:
            return AnswerWay.EXTRACTIVE
        if self._wanted is not None:
            return self._wanted
        way = self._model.verdict or await self._untried(self._model)
        return AnswerWay.SCHEMA if way is AnswerWay.TOOLS and self._has_failed else way

    def calls_failed(self) -> None:
        """The model cannot call tools by its server's protocol, whatever was said of it."""
        self._has_failed = True

    async def _untried(self, model: ConversingModel) -> AnswerWay:
        if self._default is None:
            can = await model.can_call_tools()
            self._default = AnswerWay.SCHEMA if can is False else AnswerWay.TOOLS
        return self._default
