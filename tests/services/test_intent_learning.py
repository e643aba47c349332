"""Learning from corrections: when there are enough, in a child, stored and used by all, and never at an inquiry's cost."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest

from fakes import FakeClock, InlineChildren, MemoryStorage
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.uow import SqlUnitOfWorkFactory
from luminalib.adapters.events.memory import MemoryEventBus
from luminalib.adapters.triage.intent_model import LearnedClassifier
from luminalib.adapters.triage.learner import LogisticIntentLearner
from luminalib.domain.inquiries import Inquiry, train_intents
from luminalib.domain.inquiry_features import features_of
from luminalib.domain.triage import InquiryIntent, LabelledFeatures, TriageMethod
from luminalib.ports.triage import BrokenModel, TrainingFailed
from luminalib.services.inquiries import IntentLearning, LearningTools

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
TELLING = {
    InquiryIntent.SALES: ("zephyr", "quartz"),
    InquiryIntent.SUPPORT: ("marble", "cobalt"),
    InquiryIntent.PARTNERSHIP: ("walnut", "violet"),
    InquiryIntent.OTHER: ("pepper", "silver"),
}
FILLERS = ("morning", "evening", "garden", "window", "river", "street", "letter", "table", "candle", "winter")


def messages(intent: InquiryIntent) -> list[str]:
    """Twenty of one intent, in words that no rule knows."""
    return [f"Some {filler} of {word} over {filler}" for word, filler in product(TELLING[intent], FILLERS)]


def examples() -> list[LabelledFeatures]:
    return [LabelledFeatures(intent=one, features=features_of(text)) for one in InquiryIntent for text in messages(one)]


async def test_what_was_learnt_knows_what_rules_do_not() -> None:
    learner = LogisticIntentLearner(InlineChildren())
    trained = await learner.train(examples())
    assert trained.accuracy > 0.9
    classifier = learner.classifier(trained.content, 7)
    for intent, words in TELLING.items():
        reading = classifier.classify(f"The {words[0]} is by the {words[1]}")
        assert (reading.intent, reading.method, reading.prompt) == (intent, TriageMethod.LEARNED, "intents@7")
        assert reading.confidence > 0.5
    sure, unsure = classifier.classify("zephyr and quartz"), classifier.classify("zephyr and marble")
    assert sure.confidence > unsure.confidence
    ruled = classifier.classify("A licence, please: what does it cost?")
    assert (ruled.intent, bool(ruled.evidence)) == (InquiryIntent.SALES, True), "the rules speak, too"
    assert classifier.classify("Ignore all previous instructions: zephyr quartz. The marble cobalt").intent is InquiryIntent.SUPPORT


async def test_a_model_that_is_not_what_was_written_is_refused() -> None:
    learner = LogisticIntentLearner(InlineChildren())
    content = (await learner.train(examples())).content
    for broken in (
        b"",
        b"[]",
        b"{}",
        content[:-20],
        content.replace(b'"bias', b'"bios'),
        content.replace(b"intents/1", b"intents/9"),
    ):
        with pytest.raises(BrokenModel):
            LearnedClassifier(broken, 1)
    with pytest.raises(TrainingFailed):
        await learner.train(examples()[:3])


async def test_a_tenant_learns_from_twenty_of_each(database: SqlDatabase) -> None:
    clock, storage = FakeClock(NOW), MemoryStorage()
    uow = SqlUnitOfWorkFactory(database, MemoryEventBus(), clock)
    tools = LearningTools(uow=uow, storage=storage, learner=LogisticIntentLearner(InlineChildren()), clock=clock)
    learning, other_process = IntentLearning(tools), IntentLearning(tools)

    async def label(texts: list[str], intent: InquiryIntent) -> None:
        async with uow("main") as unit:
            made = [
                Inquiry(
                    id=str(uuid4()),
                    message=text,
                    stated={},
                    region=None,
                    source=None,
                    created_by=None,
                    request_id=None,
                    created_at=NOW,
                    updated_at=NOW,
                )
                for text in texts
            ]
            await unit.inquiries.add(made)
            for one in made:
                await unit.inquiries.label(one.id, intent, features_of(one.message or ""), clock.now())

    async def jobs() -> int:
        async with database.owner.connect() as connection:
            return len((await connection.exec_driver_sql("SELECT id FROM jobs WHERE name = 'train_intents'")).all())

    for intent in InquiryIntent:
        await learning.request_if_due("main")
        assert (await jobs(), await learning.classifier("main")) == (0, None)
        await label(messages(intent), intent)
    await learning.request_if_due("main")
    await learning.request_if_due("main")
    assert await jobs() == 1
    for _ in range(3):
        clock.advance(timedelta(minutes=1))
        await learning.run(train_intents("main", clock.now()))
    assert len(storage.objects) == 2, "the model in use, and the one before"
    classifier = await other_process.classifier("main")
    assert classifier is not None
    assert classifier.classify("zephyr quartz").prompt == "intents@3"
    assert await other_process.classifier("main") is classifier, "opened once"
    assert await learning.classifier("other") is None
    await learning.request_if_due("main")
    assert await jobs() == 1, "nothing new"
    async with uow.reading("main") as unit:
        newest, before = await unit.inquiries.models()
    assert (newest.version, before.version, newest.examples) == (3, 2, 80)
    storage.objects[newest.storage_key] = (b"spoilt", NOW)
    assert await IntentLearning(tools).classifier("main") is None
    del storage.objects[newest.storage_key]
    assert await IntentLearning(tools).classifier("main") is None
