import asyncio
import os
import sys
from pathlib import Path

import pytest

from journeys import STORY, add, logged_in, server, settled

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
EXAMPLES = os.environ.get("LUMINALIB_TEST_FUZZ", "6")
"""Per operation, beside those that cover its schema; more are worth a while where there is time."""
# The streams never end, and signing out would end the run's own session.
# schemathesis knows neither the media type of tus nor that 412 refuses: test_uploads says what is refused there.
LEFT_OUT = ("/documents/stream", "/me/stream", "/uploads", "/uploads/{upload_id}", "/auth/signout")


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_api_keeps_its_openapi_document(tmp_path: Path, database_url: str) -> None:
    """schemathesis sends what the document allows and what it forbids; every answer must be one that the document names.

    On PostgreSQL, which refuses more than SQLite does.
    """
    async with server(tmp_path, database_url) as (url, _), logged_in(url) as client:
        await settled(client, (await add(client, STORY)).json()["id"])
        run = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json"),
            *("-H", f"Authorization: {client.headers['Authorization']}"),
            *(option for path in LEFT_OUT for option in ("--exclude-path", path)),
            *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await run.communicate()
        assert (await client.get("/readyz")).json()["status"] == "ok"
    assert run.returncode == 0, output.decode()
