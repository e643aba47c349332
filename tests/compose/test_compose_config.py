"""What Docker Compose makes of `.env`: the product's own names decide."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKER = shutil.which("docker") or "docker"
HAS_COMPOSE = (
    shutil.which("docker") and not subprocess.run([DOCKER, "compose", "version"], capture_output=True, check=False).returncode
)
needs_compose = pytest.mark.skipif(not HAS_COMPOSE, reason="there is no Docker Compose on this machine")


def config(tmp_path: Path, *files: str, **env: str) -> dict[str, Any]:
    """The services as Compose would run them with that `.env`."""
    (tmp_path / "env").write_text("".join(f"{name}={value}\n" for name, value in env.items()))
    chosen = [part for file in ("docker-compose.yml", *files) for part in ("-f", str(ROOT / file))]
    asked = [DOCKER, "compose", "--project-directory", str(ROOT), "--env-file", str(tmp_path / "env"), *chosen]
    made = subprocess.run([*asked, "config", "--format", "json"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    services: dict[str, Any] = json.loads(made.stdout)["services"]
    return services


def test_every_choice_of_the_compose_file_gives_way_to_its_own_name() -> None:
    """Also where there is no Compose to ask."""
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "compose.light.yml").read_text()
    chosen = dict(re.findall(r"^ +(LUMINALIB_\w+): (.+)$", text, re.MULTILINE))
    assert len(chosen) > 9
    assert [name for name, value in chosen.items() if not value.startswith(f"${{{name}:-")] == ["LUMINALIB_DATA_DIR"]


def test_settings_are_tried_where_there_is_a_data_directory() -> None:
    """`make compose-up` asks a service for its settings before anything running is touched; the file system is read-only."""
    asked = re.findall(r"docker compose run --rm --no-deps (\w+) settings", (ROOT / "Makefile").read_text())
    services = re.split(r"^  (?=\w+:$)", (ROOT / "docker-compose.yml").read_text(), flags=re.MULTILINE)
    assert [name for name in asked for one in services if one.startswith(f"{name}:\n") and "data:/app/data" in one] == asked != []


@needs_compose
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LUMINALIB_STORAGE", "local"),
        ("LUMINALIB_LLM", "extractive"),
        ("LUMINALIB_DATABASE_URL", "postgresql://reader:pw@db.example.org/books"),
        ("LUMINALIB_MINIO__ENDPOINT", "s3.example.org"),
        ("LUMINALIB_MINIO__ACCESS_KEY", "own-key"),
        ("LUMINALIB_MINIO__SECRET_KEY", "own-secret"),
        ("LUMINALIB_MINIO__SECURE", "true"),
        ("LUMINALIB_OLLAMA__BASE_URL", "http://gpu.example.org:11434"),
        ("LUMINALIB_OLLAMA__MODEL", "qwen3:4b"),
        ("LUMINALIB_LOG_FORMAT", "console"),
    ],
)
def test_one_line_in_env_is_the_only_thing_that_changes(tmp_path: Path, name: str, value: str) -> None:
    before, after = config(tmp_path), config(tmp_path, **{name: value})
    for service in ("api", "migrate"):
        assert after[service]["environment"][name] == value
        after[service]["environment"][name] = before[service]["environment"][name]
    pulled = after["ollama-pull"]["environment"]
    if name.endswith(("ACCESS_KEY", "SECRET_KEY")):  # the library's own MinIO is made with the keys that it is asked with
        assert value in after["minio"]["environment"].values()
        after["minio"] = before["minio"]
    if name in ("LUMINALIB_LLM", "LUMINALIB_OLLAMA__MODEL"):
        assert value in " ".join(pulled.values())
        after["ollama-pull"] = before["ollama-pull"]
    assert after == before


@needs_compose
def test_variants_leave_out_and_add_what_they_say(tmp_path: Path) -> None:
    light = config(tmp_path, "compose.light.yml")
    assert set(light) == {"api", "migrate", "postgres"}
    assert light["api"]["environment"]["LUMINALIB_STORAGE"] == "local"
    assert light["migrate"]["environment"]["LUMINALIB_LLM"] == "extractive"
    assert set(light["api"]["depends_on"]) == {"migrate", "postgres"}
    swapped = config(tmp_path, "compose.light.yml", LUMINALIB_LLM="openai")
    assert swapped["api"]["environment"]["LUMINALIB_LLM"] == "openai"
    gpu, plain = config(tmp_path, "compose.gpu.yml"), config(tmp_path)
    assert gpu["ollama"].pop("deploy")["resources"]["reservations"]["devices"]
    plain["ollama"].pop("deploy", None)
    assert gpu == plain


@needs_compose
def test_a_copy_of_the_example_changes_nothing(tmp_path: Path) -> None:
    lines = (line for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line and not line.startswith("#"))
    assert config(tmp_path, **dict(line.split("=", 1) for line in lines)) == config(tmp_path)
