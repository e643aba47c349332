"""Questions on their way to an answer, with what was found for them."""

from luminalib.domain.answer_rules import AnswerRules
from luminalib.domain.auth import the_house
from luminalib.domain.confidence import Evidence
from luminalib.domain.media import MediaType
from luminalib.domain.passages import Scope
from luminalib.domain.search import PassageView
from luminalib.services.conversations.errand import Errand, Question
from luminalib.services.conversations.finding import Found
from passages import make_passages

REFUSAL = "Nobody knows."
TEXTS = [
    f"It was the captain's {word} morning. Nobody spoke of the storm." for word in ("first", "cold", "last", "long", "dark", "late")
]


def errand(around: float | None, coverage: float, texts: list[str] | None = None, question: Question | None = None) -> Errand:
    """A question, or one in other words than those of what was found, the best first."""
    made = Errand(
        by=the_house(),
        question=question or Question(text="At which hour did the seafarer rise?"),
        scope=Scope(tenant_id="main", user_id=None),
        rules=AnswerRules(refusal=REFUSAL),
        deadline=0.0,
        characters=1000,
    )
    found = []
    for at, passage in enumerate(make_passages("d", *(TEXTS if texts is None else texts))):
        view = PassageView(
            passage=passage, title="t", book_id=None, owner_id=None, media_type=MediaType.TEXT, language="en", length=6000
        )
        found.append((view, 1.0 - 0.1 * at))
    evidence = Evidence(lexical=0.05, meaning=around, around=around, coverage=coverage)
    made.found(Found(passages=found, evidence=evidence, readable=frozenset()))
    return made
