"""Libraries choose their language engine, of those that the operator offers."""

from accounts import slug
from answering import house
from luminalib.settings import Settings

OFFERED = "extractive, openai/large"


async def test_a_library_chooses_its_engine(settings: Settings) -> None:
    async with house(settings.model_copy(update={"llm_offered": OFFERED}), "openai", by="schema") as asked:

        async def chosen(llm: str | None) -> tuple[str, str | None]:
            (await asked.admin.patch("/tenant", json={"llm": llm})).raise_for_status()
            asked.server.requests.clear()
            asked.server.model = "large" if llm == "openai/large" else "tiny"  # it has one model at a time
            answer = await asked.ask()
            assert answer["answered"]
            assert {body["model"] for body in asked.server.requests} == ({answer["model"]} if answer["model"] else set())
            return answer["provider"], answer["model"]

        assert await chosen("extractive") == ("extractive", None)
        assert await chosen("openai/large") == ("openai", "large")
        assert await chosen(None) == ("openai", "tiny")
        refused = await asked.admin.patch("/tenant", json={"llm": "ollama/large"})
        assert (refused.status_code, slug(refused)) == (422, "engine-not-offered")
        assert refused.json()["offered"] == ["extractive", "openai/large"]
        report = (await asked.admin.post("/admin/llm/test")).json()
        assert (report["provider"], report["model"]) == ("openai", "tiny")
