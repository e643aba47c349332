"""luminalib prompts: what the language models are asked."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from luminalib.adapters.llm.prompted.prompts import FilePrompts, Prompt, PromptError
from luminalib.settings import PREFIX, SettingsError, load_settings

prompts = typer.Typer(no_args_is_help=True, help="List, show and render the prompts that language models are asked with.")
Name = Annotated[str, typer.Argument(help="The prompt's name, or name@version.")]


@prompts.command("list")
def list_prompts() -> None:
    """Lists all prompts with their versions."""
    table = Table("prompt", "inputs", "what for", box=None)
    for prompt in _prompts().list():
        table.add_row(prompt.id, ", ".join(prompt.inputs), prompt.description)
    Console().print(table)


@prompts.command("show")
def show(name: Name) -> None:
    """Shows a prompt: its inputs, its templates, the schema of its answer and its examples."""
    prompt = _find(name)
    typer.echo(f"{prompt.id}: {prompt.description}\n\nInputs")
    for given, declared in prompt.inputs.items():
        typer.echo(f"  {given} ({declared['type']}): {declared['about']}")
    for title, template in (("System", prompt.system), ("User", prompt.user)):
        typer.echo(f"\n{title}\n{_indented(template)}")
    typer.echo(f"\nAnswer\n{_indented(json.dumps(prompt.output, indent=2))}\n\nExamples")
    for example in prompt.examples:
        typer.echo(_indented(json.dumps(example, indent=2, ensure_ascii=False)))


@prompts.command("render")
def render(
    name: Name,
    inputs: Annotated[Path | None, typer.Option(help="A JSON file with the inputs; by default the prompt's first example.")] = None,
) -> None:
    """Renders a prompt as it would be sent."""
    prompt = _find(name)
    given: Any = json.loads(inputs.read_text("utf-8")) if inputs else prompt.examples[0]["inputs"]
    try:
        messages = prompt.render(given)
    except PromptError as error:
        raise typer.BadParameter(str(error)) from error
    for message in messages:
        typer.echo(f"--- {message.role}\n{message.content}\n")


def _prompts() -> FilePrompts:
    try:
        return FilePrompts(load_settings().prompts_dir)
    except PromptError as error:
        raise SettingsError(f"{PREFIX}PROMPTS_DIR: {error}") from error


def _find(name: str) -> Prompt:
    try:
        return _prompts().find(name)
    except PromptError as error:
        raise typer.BadParameter(str(error)) from error


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines())
