"""A model's replies kept in a folder: a slow one is asked once, and what is made of its words can be measured many times."""

import json
import re
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from luminalib.adapters.llm.prompted.transport import ChatReply, ChatRequest, ChatTransport, ModelFacts

_MARK = re.compile(r"DATA-[0-9a-f]{8,16}")
"""The markers around foreign text are random."""


class KeptReplies(ChatTransport):
    """Another transport, asked only what it has not been asked before. Questions with tools are not kept."""

    def __init__(self, inner: ChatTransport, folder: Path) -> None:
        self.name, self.model, self.context_length = inner.name, inner.model, inner.context_length
        self._inner = inner
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def facts(self) -> ModelFacts:
        """See ChatTransport."""
        kept = self._folder / f"facts-{self.model}.json"
        if not kept.exists():
            kept.write_text(json.dumps(asdict(await self._inner.facts())), "utf-8")
        return ModelFacts(**json.loads(kept.read_text("utf-8")))

    async def chat(self, request: ChatRequest) -> ChatReply:
        """See ChatTransport."""
        if request.tools:
            return await self._inner.chat(request)
        asked = [self.model, [asdict(message) for message in request.messages], request.schema, request.max_output]
        plain = _MARK.sub("DATA", json.dumps(asked, sort_keys=True))
        kept = self._folder / f"{sha256(plain.encode()).hexdigest()[:24]}.json"
        if not kept.exists():
            reply = await self._inner.chat(request)
            kept.write_text(json.dumps({"asked": json.loads(plain), "reply": asdict(reply)}, ensure_ascii=False, indent=1), "utf-8")
        return ChatReply(**{**json.loads(kept.read_text("utf-8"))["reply"], "calls": ()})

    async def can_call_tools(self) -> bool | None:
        """See ChatTransport."""
        return await self._inner.can_call_tools()

    async def close(self) -> None:
        """See ChatTransport."""
        await self._inner.close()
