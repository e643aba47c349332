"""Figures for Prometheus, and who may read them."""

from pathlib import Path

import pytest

from accounts import opened
from journeys import add
from luminalib.settings import Settings, SettingsError, load_settings

TOKEN = "a token for prometheus"


async def test_figures_say_what_is_open_and_how_the_parts_are(settings: Settings) -> None:
    async with opened(settings) as library:
        ada = await library.join("ada")
        await add(ada)
        (await ada.post("/inquiries", json={"message": "?"})).raise_for_status()
        told = (await library.visitor().get("/metrics")).text
    for line in (
        'luminalib_documents{status="pending"} 1.0',
        'luminalib_jobs{name="process_document",status="waiting"} 1.0',
        'luminalib_jobs_oldest_seconds{name="process_document",status="waiting"}',
        'luminalib_part_up{part="database"} 1.0',
        'luminalib_inquiries{intent="other",method="rules",state="needs_review"} 1.0',
        "luminalib_streams 0.0",
        "luminalib_database_connections_in_use",
        "luminalib_job_seconds",
        "luminalib_extraction_seconds",
        'luminalib_request_seconds_count{method="POST",route="/books",status="201"}',
    ):
        assert line in told, line


@pytest.mark.parametrize(("mode", "expected"), [("open", (200, 200)), ("token", (401, 200)), ("off", (404, 404))])
async def test_figures_are_for_whom_the_setting_names(settings: Settings, mode: str, expected: tuple[int, int]) -> None:
    changed = Settings(
        _env_file=None, data_dir=settings.data_dir, database_url=settings.database_url, metrics=mode, metrics_token=TOKEN
    )
    async with opened(changed) as library:
        visitor = library.visitor()
        answers = [await visitor.get("/metrics", headers=given) for given in ({}, {"Authorization": f"Bearer {TOKEN}"})]
        assert tuple(answer.status_code for answer in answers) == expected
        assert (await visitor.get("/metrics", headers={"Authorization": "Bearer another"})).status_code == expected[0]


def test_a_token_must_be_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUMINALIB_METRICS", "token")
    with pytest.raises(SettingsError, match="METRICS_TOKEN"):
        load_settings()
