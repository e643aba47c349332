"""A library tries out a version of a prompt, and its readers say what they think of it."""

from importlib.resources import files
from pathlib import Path

from accounts import slug
from answering import QUESTION, house
from luminalib.settings import Settings


def another_version(folder: Path, name: str, version: int) -> None:
    shipped = (files("luminalib.adapters.llm.prompted") / "prompts" / f"{name}.toml").read_text("utf-8")
    lines = [f"version = {version}" if line.startswith("version") else line for line in shipped.splitlines()]
    (folder / f"{name}.toml").write_text("\n".join(lines))


async def test_a_version_is_tried_out_and_judged(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    another_version(folder, "answer-draft", 100)
    async with house(settings.model_copy(update={"prompts_dir": folder}), "openai", by="schema") as asked:
        wrong = await asked.admin.patch("/tenant", json={"prompt_variants": {"answer-draft": [{"version": 99, "weight": 1}]}})
        assert (wrong.status_code, slug(wrong)) == (422, "unknown-prompt")
        assert 100 in wrong.json()["available"]["answer-draft"]
        tried = {"answer-draft": [{"version": 100, "weight": 1}]}
        changed = (await asked.admin.patch("/tenant", json={"prompt_variants": tried})).raise_for_status()
        assert changed.json()["prompt_variants"] == tried

        conversation = (await asked.member.post("/conversations", json={})).raise_for_status().json()["id"]
        path = f"/conversations/{conversation}/messages"
        message = (await asked.member.post(path, json={"content": QUESTION})).raise_for_status().json()
        for helpful in (False, True):
            judged = await asked.member.put(f"{path}/{message['id']}/feedback", json={"helpful": helpful})
            assert judged.status_code == 204, judged.text
        asked_first = (await asked.member.get(path)).json()["items"][0]["id"]
        refused = [
            await asked.member.put(f"{path}/{asked_first}/feedback", json={"helpful": True}),
            await asked.member.put(f"{path}/{conversation}/feedback", json={"helpful": True}),
            await asked.admin.put(f"{path}/{message['id']}/feedback", json={"helpful": True}),
        ]
        assert [(one.status_code, slug(one)) for one in refused] == [
            (409, "nothing-to-judge"),
            (404, "message-not-found"),
            (404, "conversation-not-found"),
        ]
        (await asked.member.put(f"/books/{asked.book}/summary/feedback", json={"helpful": False})).raise_for_status()

        usage = (await asked.admin.get("/admin/llm/usage", params={"group": "variant"})).raise_for_status().json()
        by_variant = {one["variant"]: one for one in usage["variants"]}
        drafted = by_variant["answer-draft@100"]
        assert (drafted["purpose"], drafted["calls"], drafted["accepted"]) == ("answer", 1, 1)
        assert (drafted["helpful"], drafted["unhelpful"]) == (1, 0), "the last word counts"
        assert sum(one["calls"] for one in usage["variants"]) == usage["calls"]
        summary = (await asked.member.get(f"/books/{asked.book}/summary")).json()
        assert by_variant[summary["prompt"]]["unhelpful"] == 1

        (await asked.admin.patch("/tenant", json={"prompt_variants": None})).raise_for_status()
        (await asked.member.post(path, json={"content": QUESTION})).raise_for_status()
        usage = (await asked.admin.get("/admin/llm/usage", params={"group": "variant"})).json()
        again = {one["variant"]: one["calls"] for one in usage["variants"] if one["variant"].startswith("answer-draft")}
        assert sorted(again.values()) == [1, 1], "the usual one again"
        assert (await asked.admin.get("/admin/llm/usage")).json()["variants"] == []
