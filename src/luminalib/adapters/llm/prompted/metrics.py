"""Figures of model calls for Prometheus."""

from prometheus_client import Counter, Histogram

from luminalib.domain.llm import LLMCall

_CALLS = Counter(
    "luminalib_llm_calls_total", "Questions to language models, by how they ended.", ["purpose", "provider", "model", "outcome"]
)
_TOKENS = Counter(
    "luminalib_llm_tokens_total", "Tokens as the model servers counted them.", ["purpose", "provider", "model", "direction"]
)
_FAILED_CHECKS = Counter(
    "luminalib_llm_failed_checks_total",
    "Questions whose answers did not pass a check of their content, by the check.",
    ["purpose", "provider", "model", "check"],
)
_SECONDS = Histogram(
    "luminalib_llm_call_seconds",
    "What models took for questions, with repair and without waiting in line.",
    ["purpose", "provider", "model"],
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600),
)


def observe(call: LLMCall) -> None:
    """Counts a call."""
    who = (call.purpose.value, call.provider, call.model)
    _CALLS.labels(*who, call.outcome.value).inc()
    _TOKENS.labels(*who, "in").inc(call.tokens_in)
    _TOKENS.labels(*who, "out").inc(call.tokens_out)
    for check in call.failed_checks:
        _FAILED_CHECKS.labels(*who, check).inc()
    _SECONDS.labels(*who).observe(call.seconds)
