"""What is heard of a draft while it is written."""

import json

from hypothesis import given
from hypothesis import strategies as st

from luminalib.adapters.llm.openai_stream import SoFar
from luminalib.adapters.llm.prompted.drafting import DraftSoFar, sentences_so_far
from luminalib.domain.content_checks.faults import Check, Fault
from luminalib.domain.grounding import Claim

SCHEMA = {
    "type": "object",
    "required": ["answerable", "sentences"],
    "properties": {
        "answerable": {"type": "boolean"},
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "source"],
                "properties": {"text": {"type": "string", "maxLength": 60}, "source": {"type": "integer"}},
            },
        },
    },
}
SENTENCES = st.lists(st.fixed_dictionaries({"text": st.text(max_size=40), "source": st.integers(1, 9)}), max_size=4)


@given(sentences=SENTENCES, indent=st.sampled_from([None, 1]), before=st.sampled_from(["", "Here: ", "<think>{}</think>"]))
def test_what_has_come_so_far_is_the_beginning_of_what_will_have_come(
    sentences: list[dict[str, object]], indent: int | None, before: str
) -> None:
    text = before + json.dumps({"answerable": True, "sentences": sentences}, indent=indent)
    counts = []
    for stop in range(len(text) + 1):
        found = sentences_so_far(text[:stop])
        assert found == sentences[: len(found)]
        counts.append(len(found))
    assert counts == sorted(counts)
    assert counts[-1] == len(sentences)


def test_nothing_is_heard_of_what_is_no_answer() -> None:
    one = '{"text": "It was.", "source": 1}'
    for text in (
        f'{{"answerable": false, "sentences": [{one}',
        f'{{"sentences": [{one}], "answerable": true}}',
        f'<think>{{"answerable": true, "sentences": [{one}, ',
        '{"answerable": true, "sentences": ["It was.", ',
    ):
        assert sentences_so_far(text) == [], text


def test_a_sentence_is_told_once_and_only_if_nothing_is_wrong_with_it() -> None:
    told: list[Claim] = []

    def examine(draft: dict[str, object]) -> tuple[Fault, ...]:
        is_bad = "bad" in json.dumps(draft["sentences"])
        return (Fault(Check.ECHO, ("sentences", 0), "bad"),) if is_bad else ()

    so_far = DraftSoFar(SCHEMA, examine, told.append)
    texts = ["One is good.", "Two is bad.", "Three is good, but far too long. " * 4, "Four is good."]
    whole = json.dumps({"answerable": True, "sentences": [{"text": text, "source": 1} for text in texts]})
    for text in (whole, whole):  # the second time is a second try of the connection
        for stop in range(0, len(text) + 1, 7):
            so_far.hear(text[:stop])
        so_far.hear(text)
    assert [claim.text for claim in told] == ["One is good.", "Three is good, but far too long.", "Four is good."]


def test_a_stream_that_is_cut_anywhere_is_heard_letter_by_letter() -> None:
    frame = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "tiny"}
    pieces = [{"index": 0, "delta": {"content": part}, "finish_reason": None} for part in ("Grüße ", "aus ", "Köln")]
    body = b": wait\n\n" + b"".join(b"data: " + json.dumps(frame | {"choices": [one]}).encode() + b"\n\n" for one in pieces)
    body += b"data: nonsense\n\ndata: [DONE]\n\n"
    for size in (1, 7, len(body)):
        so_far = SoFar()
        heard = [so_far.add(body[at : at + size]) for at in range(0, len(body), size)]
        assert heard == sorted(heard, key=len)
        assert heard[-1] == "Grüße aus Köln"
