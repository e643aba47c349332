import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from luminalib.container import secret_key
from luminalib.container.keys import sealing_keys
from luminalib.settings import Settings, SettingsError, load_settings, settings_shown, unknown_variables, variables

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("LUMINALIB_STORAGE", "disk", "'local' or 'minio'"),
        ("LUMINALIB_LLM", "gpt", "extractive"),
        ("LUMINALIB_LLM", "openai", "LUMINALIB_OPENAI__API_KEY: is required"),
        ("LUMINALIB_LLM_PRICES", "cheap", "gpt-4o-mini=0.15/0.60"),
        ("LUMINALIB_WORKERS", "many", "integer"),
        ("LUMINALIB_WORKERS", "0", "greater than or equal to 1"),
        ("LUMINALIB_DATABASE_URL", "mysql://x", "postgresql://"),
        ("LUMINALIB_SECRET_KEY", "short", "at least 32"),
        ("LUMINALIB_MINIO__SECURE", "perhaps", "boolean"),
        ("LUMINALIB_MINIO__ENDPOINT", "http://minio:9000", "a host and a port"),
        ("LUMINALIB_CORS_ORIGINS", "reader.example.org", "https://reader.example.org"),
        ("LUMINALIB_CORS_ORIGINS", "https://a.example, https://b.example/page", "without a path"),
        ("LUMINALIB_SIGNUP", "friends", "'open', 'invite' or 'closed'"),
        ("LUMINALIB_ENV", "production", "LUMINALIB_SECRET_KEY: is required in production"),
        ("LUMINALIB_SEALING_KEY", "short", "at least 32"),
        ("LUMINALIB_PREVIOUS_SEALING_KEYS", f"{'x' * 32},short", "each should have at least 32"),
        ("LUMINALIB_STORAGE", "minio", "LUMINALIB_MINIO__ACCESS_KEY: is required"),
        ("LUMINALIB_PASSAGE_INDEX", "pgvector", "LUMINALIB_DATABASE_URL that begins with postgresql://"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, hint: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith("LUMINALIB_")
    assert hint in line


def test_prices_are_read_per_model() -> None:
    settings = Settings(_env_file=None, llm_prices="gpt-4o-mini=0.15/0.60, llama3.2:1b=0/0")
    assert settings.prices == {"gpt-4o-mini": (0.15, 0.6), "llama3.2:1b": (0, 0)}


def test_a_slip_of_the_pen_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMINALIB_STORGE", "minio")
    load_settings()
    assert unknown_variables() == ["LUMINALIB_STORGE: there is no such setting. Did you mean LUMINALIB_STORAGE?"]


@pytest.mark.parametrize(("name", "value"), [("DATA_DIR", "file/below"), ("RATE_LIMIT_STORE", "redis://127.0.0.1:1")])
def test_what_can_only_be_tried_is_one_line_at_the_start_too(tmp_path: Path, name: str, value: str) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-c", "from luminalib.cli import app; app()", "serve", "--port", "0"]
    environment = {f"LUMINALIB_{name}": value, "PATH": ""}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2, ended.stderr
    assert re.fullmatch(rf"luminalib: LUMINALIB_{name}: [^\n]+\n", ended.stderr)


@pytest.mark.parametrize(("name", "value"), [("events", "postgres"), ("passage_index", "pgvector")])
def test_a_pooler_is_not_asked_for_what_it_cannot_give(name: str, value: str) -> None:
    pooled: dict[str, Any] = {"database_url": "postgresql://ada:x@db/lib", "postgres": {"by_pooler": True}, name: value}
    with pytest.raises(SettingsError, match=f"LUMINALIB_{name.upper()}: {value} needs connections of its own"):
        Settings(_env_file=None, **pooled)


def test_settings_are_shown_without_their_secrets() -> None:
    url = "postgresql://ada:hidden@db/lib"
    shown = settings_shown(Settings(_env_file=None, database_url=url, secret_key="hidden " * 8, knowledge_dir=None))
    assert list(shown) == list(variables())
    assert shown["LUMINALIB_DATABASE_URL"] == "postgresql+asyncpg://ada:***@db/lib"
    assert (shown["LUMINALIB_DEMO"], shown["LUMINALIB_KNOWLEDGE_DIR"]) == ("false", "")
    assert "hidden" not in str(shown)


def test_the_command_line_stops_with_that_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from luminalib.cli import app; app()", "serve"]
    environment = {"LUMINALIB_STORAGE": "disk", "PATH": ""}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert re.fullmatch(r"luminalib: LUMINALIB_STORAGE: [^\n]+\n", ended.stderr)
    assert list(tmp_path.iterdir()) == []


def test_the_example_file_names_every_setting_with_its_default_and_its_sentence() -> None:
    text = (ROOT / ".env.example").read_text()
    listed = dict(line.split("=", 1) for line in text.splitlines() if line.startswith("LUMINALIB_"))
    assert list(listed) == list(variables())
    for name, description in variables().items():
        assert f"# {description}\n{name}=" in text, name


def test_the_example_file_is_the_default(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    assert load_settings() == Settings(_env_file=None)


def test_what_sounds_like_a_secret_takes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fills in `.env` for people, or hides it in a log, knows secrets by their names alone."""
    sounds = [name for name in variables() if re.search("PASSWORD|SECRET|TOKEN|_KEY", name)]
    assert len(sounds) >= 8
    for number, name in enumerate(sounds):
        monkeypatch.setenv(name, f"{number}-4f9a0c51d2e87b36-4f9a0c51d2e87b36")
    load_settings()


def test_a_secret_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")
    first = secret_key(settings)
    assert len(first) == 64
    assert secret_key(settings) == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    given = "given " * 8
    assert secret_key(Settings(_env_file=None, data_dir=tmp_path, secret_key=given)) == given


def test_production_wants_a_sealing_key_and_development_keeps_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LUMINALIB_SEALING_KEY: is required in production"):
        Settings(_env_file=None, env="production", secret_key="4f9a0c" * 8)
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")
    assert sealing_keys(settings) == sealing_keys(settings) != [secret_key(settings)]
    given = Settings(_env_file=None, data_dir=tmp_path, sealing_key="a" * 32, previous_sealing_keys=f"{'b' * 32}, {'c' * 32}")
    assert sealing_keys(given) == ["a" * 32, "b" * 32, "c" * 32]


@pytest.mark.parametrize(
    ("given", "driver"), [("postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"), ("sqlite:///x.db", "sqlite+aiosqlite:///x.db")]
)
def test_database_urls_need_no_driver(given: str, driver: str) -> None:
    assert Settings(_env_file=None, database_url=given).database == driver


@pytest.mark.parametrize("content", ["", "\n", "short", " " * 40])
def test_a_kept_secret_key_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(SettingsError, match="Delete it"):
        secret_key(Settings(_env_file=None, data_dir=tmp_path))


def test_a_secret_key_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    keys = {secret_key(Settings(_env_file=None, data_dir=tmp_path)) for _ in range(3)}
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"database_url": "postgresql://luminalib:luminalib@postgres/luminalib"}, "DATABASE_URL"),
        ({"database_url": "postgresql://me:Postgres@postgres/luminalib"}, "DATABASE_URL"),
        ({"storage": "minio", "minio": {"access_key": "luminalib", "secret_key": "minioadmin"}}, "MINIO__SECRET_KEY"),
    ],
)
def test_production_refuses_secrets_that_everybody_knows(changes: dict[str, Any], variable: str) -> None:
    given = {"secret_key": "4f9a0c" * 8, "sealing_key": "17c0de" * 8, **changes}
    assert Settings(_env_file=None, env="development", **given)
    with pytest.raises(SettingsError, match=variable):
        Settings(_env_file=None, env="production", **given)
