"""The engine that asks a language model, over the server that the settings choose."""

from luminalib.adapters.llm.prompted.prompts import FilePrompts, PromptError
from luminalib.adapters.llm.prompted.provider import PromptedLLM
from luminalib.adapters.llm.prompted.resilience import ResilientTransport
from luminalib.adapters.llm.prompted.transport import ChatTransport
from luminalib.adapters.llm.prompted.variants import VariantPrompts
from luminalib.container.llm import EngineTools
from luminalib.ports.llm import LLMProvider
from luminalib.ports.triage import FieldReader
from luminalib.settings import PREFIX, Settings, SettingsError


def open_prompted(settings: Settings, tools: EngineTools, reader: FieldReader, own: LLMProvider) -> PromptedLLM:
    """The engine; `own` words what the model fails at.

    Nothing is asked yet: a model may come later than the library. Raises SettingsError for wrong prompts of the operator's.
    """
    transport = ResilientTransport(_transport(settings), tools.clock, seconds=settings.llm_seconds, at_once=settings.llm_at_once)
    tools.stack.push_async_callback(transport.close)
    return PromptedLLM(
        transport,
        VariantPrompts(_prompts(settings), tools.variants),
        tools.uow,
        tools.children,
        reader,
        tools.clock,
        own=own,
        at_once=settings.llm_at_once,
        minutes=settings.llm_budget_minutes,
        allow=tools.allow,
    )


def _prompts(settings: Settings) -> FilePrompts:
    folder = settings.prompts_dir
    if folder and not folder.is_dir():
        raise SettingsError(f"{PREFIX}PROMPTS_DIR: {folder} is no directory.")
    try:
        return FilePrompts(folder)
    except PromptError as error:
        raise SettingsError(f"{PREFIX}PROMPTS_DIR: {error}") from error


def _transport(settings: Settings) -> ChatTransport:
    if settings.llm == "ollama":
        from luminalib.adapters.llm.ollama import OllamaTransport  # noqa: PLC0415 -- each client where it is chosen

        ollama = settings.ollama
        return OllamaTransport(base_url=ollama.base_url, model=ollama.model, context_length=ollama.context_length)
    from luminalib.adapters.llm.openai import OpenAITransport  # noqa: PLC0415 -- as above

    server = settings.openai
    return OpenAITransport(
        base_url=server.base_url,
        api_key=server.api_key.get_secret_value(),
        model=server.model,
        context_length=server.context_length or None,
    )
