"""A library on a laptop's model, such as Qwen2.5 of half a billion parameters, which invents, repeats itself and loses its way.

Whatever it says, nothing untrue of this kind is stored; where it says nothing of use, the built-in engine answers in its place.
It runs where the lab has the weights of the smallest; LUMINALIB_TEST_MODEL names another one (qwen15), or fetches them.
"""
# ruff: noqa: RUF001  (marks of several languages are meant)

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx
import pytest

from accounts import Library
from journeys import add
from lab import has_weights, model_servers, needs_lab
from lending import borrow, review
from luminalib.adapters.llm.extractive.opinions import opinion
from luminalib.adapters.llm.prompted.prompts import FilePrompts
from luminalib.container import open_container
from luminalib.domain.consensus import AspectEvidence
from luminalib.domain.content_checks import consensus, grounding, wording
from luminalib.domain.content_checks.grounding import Source
from luminalib.domain.intelligence import Sentiment
from luminalib.domain.sentences import sentences_of
from luminalib.domain.text_languages import is_in_another_language
from luminalib.main import create_app
from luminalib.settings import OpenAISettings, Settings

MODEL = os.environ.get("LUMINALIB_TEST_MODEL") or "qwen05"
needs_model = pytest.mark.skipif(
    not os.environ.get("LUMINALIB_TEST_MODEL") and not has_weights(MODEL),
    reason="the weights of a small model (0.5 GB) are not here; LUMINALIB_TEST_MODEL=qwen05 fetches them",
)
TEXTS = {
    "The Pan of Skell": (
        "en",
        """
        The ferry at Skell had one captain and one cook. Captain Orla Finn steered it through every storm for twenty
        years. The cook, Tam, fried herring and never looked at the sea. One night the engine stopped beside the
        rocks. Tam threw his frying pan to the harbour boy, who rang the bell with it. All nine passengers came home,
        and the pan hangs in the church.
        """,
    ),
    "Die Laternen von Süderhöft": (
        "de",
        """
        Im Leuchtturm von Süderhöft wohnte der alte Wärter Momme. Seine Enkelin Jule zählte jeden Abend die Schiffe.
        Eines Nachts fiel das Licht aus, und der Sturm kam näher. Jule lief mit vier Laternen auf die Düne und
        schwenkte sie. Der Fischkutter Antje fand den Weg in den Hafen. Am Morgen gab Momme dem Mädchen den Schlüssel
        zum Turm und schlief zum ersten Mal aus.
        """,
    ),
    "Le cahier brûlé": (
        "fr",
        """
        Rue des Tanneurs, Solange Aubrac réparait de vieux livres. Un facteur lui apporta un cahier brûlé, sans titre
        et sans nom. Solange recolla les pages une à une pendant trois hivers. Elle y trouva les lettres d'un soldat à
        sa fille. La fille vivait encore, deux maisons plus loin. Elle avait soixante ans et lut la première lettre
        debout, dans l'atelier, sans un mot.
        """,
    ),
}
"""Of some sixty words each: a summary may leave something out, and a model has little to read."""
REVIEWED = "The Pan of Skell"
REVIEWS = {3: "The people are alive, but the pacing is dreadful."}
OPEN_FOR_LONG = 3600
"""Seconds; how fast the machine is decides how long it takes, not whether it is right."""
ENDED = re.compile(r"[.!?…][\"'”’»“)\]]*$")


@pytest.fixture
async def library(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Library]:
    monkeypatch.setattr("luminalib.container.root.introduce", lambda *_: None)  # what is asked at a start is tested elsewhere
    with model_servers(MODEL) as urls:
        settings = Settings(
            _env_file=None,
            data_dir=tmp_path / "data",
            database_url=sqlite_url,
            llm="openai",
            llm_fallback="extractive",
            llm_seconds=OPEN_FOR_LONG,
            llm_at_once=1,
            openai=OpenAISettings(base_url=f"{urls['openai']}/v1", model=MODEL),
            rate_limits="off",
        )
        async with AsyncExitStack() as stack:
            container = await stack.enter_async_context(open_container(settings))
            app = create_app(settings, container)
            app.state.services = container.services
            yield Library(app, container, stack)


async def until(client: httpx.AsyncClient, path: str, *, is_there: Any) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = (await client.get(path)).raise_for_status().json()
        if is_there(found):
            return found
        await asyncio.sleep(1)


@needs_lab
@needs_model
@pytest.mark.long
async def test_what_a_careless_model_says_is_stored_only_where_it_is_sound(library: Library) -> None:
    admin = await library.join("admin")
    books = {}
    for title, (language, text) in TEXTS.items():
        made = await add(admin, " ".join(text.split()), title=title, language=language, copies="2")
        books[title] = str(made.raise_for_status().json()["id"])
    reviewed = books[REVIEWED]
    for number, (stars, text) in enumerate(REVIEWS.items()):
        reader = await library.join(f"reader-{number}")
        (await borrow(reader, reviewed)).raise_for_status()
        (await review(reader, reviewed, stars, text)).raise_for_status()

    for title, book in books.items():
        told = await until(admin, f"/books/{book}/summary", is_there=lambda found: found["status"] in ("completed", "failed"))
        assert told["status"] == "completed", told
        assert told["provider"] in ("openai", "extractive (fallback)")
        _is_sound(told, title)
    analysis = await until(
        admin,
        f"/books/{reviewed}/analysis",
        is_there=lambda found: found["status"] == "completed" and found["review_count"] == len(REVIEWS),
    )
    _agrees_with_its_table(analysis)
    usage = (await admin.get("/admin/llm/usage")).raise_for_status().json()
    assert {item["purpose"] for item in usage["items"]} >= {"summary", "review", "consensus"}, "the model was asked for all of it"


def _is_sound(told: dict[str, Any], title: str) -> None:
    language, text = TEXTS[title]
    source, own = Source(text), FilePrompts().find("text-summary").own_words
    is_the_models = told["provider"] == "openai"
    sentences = sentences_of(told["summary"])
    for sentence in sentences:
        assert ENDED.search(sentence), f"cut off: {sentence}"
        assert not is_in_another_language(sentence, language), sentence
        assert grounding.unfounded_name(sentence, source, language, (title,)) is None, sentence
        assert grounding.unfounded_number(sentence, source) is None, sentence
        assert wording.echo(sentence, own, source) is None, sentence
        assert wording.loop(sentence) is None, sentence
    said = [*sentences, *(told["insights"] if is_the_models else ())]
    folded = [grounding.normal_text(one) for one in said]
    assert len(folded) == len(set(folded)), "said twice"
    is_worded = told["prompt"].startswith("text-summary")
    assert not is_worded or not [pair for pair in combinations(sentences, 2) if wording.alike(*pair)], "nearly said twice"
    topics = [topic.casefold() for topic in told["key_topics"]]
    assert len(topics) == len(set(topics))
    assert all(any(map(source.holds, grounding.words_of(topic))) for topic in topics), topics
    plain = grounding.normal_text(text)
    assert not is_the_models or all(grounding.normal_text(insight) in plain for insight in told["insights"])


def _agrees_with_its_table(analysis: dict[str, Any]) -> None:
    rows = [_evidence(row["name"], Sentiment(row["sentiment"]), row["mentions"]) for row in analysis["aspects"]]
    table = consensus.Table(
        aspects=rows,
        moods={Sentiment(analysis["sentiment"]): len(REVIEWS)},
        source=Source(*REVIEWS.values(), *(row.name for row in rows)),
        instruction="",
        language="en",
        title=REVIEWED,
    )
    assert analysis["consensus"]
    if analysis["provider"] != "openai":
        return  # numbers of the table, and sentences that readers wrote
    assert list(consensus.contradictions(analysis["consensus"], table, opinion)) == [], analysis["consensus"]
    assert not is_in_another_language(analysis["consensus"], "en")


def _evidence(name: str, verdict: Sentiment, mentions: int) -> AspectEvidence:
    sides = {side: mentions if side is verdict else 0 for side in (Sentiment.POSITIVE, Sentiment.NEGATIVE)}
    rest = mentions - sum(sides.values())
    return AspectEvidence(
        name=name, positive=sides[Sentiment.POSITIVE], negative=sides[Sentiment.NEGATIVE], undecided=rest, quotes=()
    )
