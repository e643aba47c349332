import json
from pathlib import Path

from typer.testing import CliRunner

from luminalib.cli.main import commands

RUNNER = CliRunner()


def run(*arguments: str) -> tuple[int, str]:
    result = RUNNER.invoke(commands, ["prompts", *arguments])
    return result.exit_code, result.output


def test_prompts_are_listed_with_their_versions() -> None:
    code, output = run("list")
    assert code == 0
    assert all(name in output for name in ("part-notes@3", "notes-summary@4", "review-reading@2", "consensus-wording@3"))


def test_a_prompt_is_shown_whole() -> None:
    code, output = run("show", "part-notes")
    assert code == 0
    for part in ("part-notes@3", "text (string): the text of the part", "System", "User", '"minItems": 1', "The Salt Road"):
        assert part in output


def test_a_prompt_is_rendered_with_its_example_or_with_a_file(tmp_path: Path) -> None:
    code, output = run("render", "review-reading@2")
    assert code == 0
    assert "the middle drags" in output
    inputs = tmp_path / "inputs.json"
    inputs.write_text(json.dumps({"text": "A book about salt.", "rating": 3}))
    code, output = run("render", "review-reading", "--inputs", str(inputs))
    assert code == 0
    assert "A book about salt." in output
    inputs.write_text(json.dumps({"text": "A book about salt."}))
    code, output = run("render", "review-reading", "--inputs", str(inputs))
    assert code == 2
    assert "lacks rating" in output


def test_a_prompt_that_is_not_there_names_those_that_are() -> None:
    code, output = run("show", "sonnet")
    assert code == 2
    assert "There is no prompt sonnet" in output
