"""Real and hostile files from outside the repository: `../shared`, or the folder that LUMINALIB_SHARED names."""

import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from luminalib.adapters.children.pool import SubprocessPool
from luminalib.adapters.text.extractor import SandboxedTextExtractor
from luminalib.domain.documents import ExtractionFailed
from luminalib.domain.media import ContentSniffer, MediaType, UnsupportedMediaType
from luminalib.domain.texts import ExtractedText

SHARED = Path(os.environ.get("LUMINALIB_SHARED", Path(__file__).parents[2].parent / "shared"))
QUOTES = str.maketrans("‘’“”–—", "''\"\"--")  # noqa: RUF001 - the probes have them straight


def listed(name: str) -> list[dict[str, Any]]:
    path = SHARED / name
    return json.loads(path.read_text("utf-8"))["files"] if path.is_file() else []


SAMPLES, HOSTILE = listed("samples/SOURCES.json"), listed("hostile/manifest.json")
needs_files = pytest.mark.skipif(
    not (SAMPLES and HOSTILE), reason=f"no sample files in {SHARED}; set LUMINALIB_SHARED to run these"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[SubprocessPool]:
    async with SubprocessPool(1) as pool:
        yield pool


def sniff(path: Path) -> MediaType:
    sniffer = ContentSniffer()
    sniffer.feed(path.read_bytes())
    return sniffer.media_type(path.name)


def normalised(text: str) -> str:
    return " ".join(text.translate(QUOTES).split())


@needs_files
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["file"])
@pytest.mark.asyncio(loop_scope="module")
async def test_samples_are_read_and_their_probes_found(pool: SubprocessPool, sample: dict[str, Any]) -> None:
    path = SHARED / "samples" / sample["file"]
    if sample.get("opens", True):
        check_sample(sample, await SandboxedTextExtractor(pool).extract(path, sniff(path)))
    else:
        with pytest.raises(ExtractionFailed) as failure:
            await SandboxedTextExtractor(pool).extract(path, sniff(path))
        assert failure.value.code == ("encrypted" if "password" in sample["what"] else "corrupt") or "password" in sample["file"]


def check_sample(sample: dict[str, Any], text: ExtractedText) -> None:
    assert text.word_count > 0
    assert "pages" not in sample or len(text.sections) == sample["pages"]
    for probe in sample.get("probes", []):
        assert probe["phrase"] in normalised(text.sections[probe["page"] - 1].text), probe


async def verdict(pool: SubprocessPool, path: Path) -> tuple[str, str, ExtractedText | None]:
    """What becomes of an upload: (accept | fail | reject, code, text)."""
    if not path.stat().st_size:
        return "reject", "empty-file", None
    try:
        text = await SandboxedTextExtractor(pool).extract(path, sniff(path))
    except UnsupportedMediaType:
        return "reject", "type-mismatch", None
    except ExtractionFailed as failure:
        return "fail", failure.code, None
    return "accept", "ok", text


@needs_files
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile["file"])
@pytest.mark.asyncio(loop_scope="module")
async def test_hostile_files_get_the_answer_of_their_manifest(pool: SubprocessPool, hostile: dict[str, Any]) -> None:
    outcome, code, text = await verdict(pool, SHARED / "hostile" / hostile["file"])
    expected = "fail" if hostile["expect"] == "accept_no_text" else hostile["expect"]
    assert outcome in expected.split("_or_"), (code, hostile)
    if outcome != "accept" and expected in ("fail", "reject"):
        assert is_reason(code, hostile["reason"]), (code, hostile["reason"])
    if text is not None:
        check_note(hostile.get("note", ""), text)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\uffff]|root:", str([section.text for section in text.sections]))


def is_reason(code: str, reasons: str) -> bool:
    return code in [reason.replace("_", "-") for reason in reasons.split(" or ")]


def check_note(note: str, text: ExtractedText) -> None:
    if start := re.search(r"decoded text must start with: (.*)", note):
        assert text.sections[0].text.startswith(start[1])
    for phrase in re.findall(r"'([^']+)'", note) if "text must contain" in note or "both be found" in note else []:
        assert any(phrase in section.text for section in text.sections)
