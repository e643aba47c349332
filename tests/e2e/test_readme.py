"""README's tour, pasted as it stands into a fresh shell against a library with the demo shelf: it prints what README shows."""

from pathlib import Path

import pytest

from luminalib.container import open_container
from luminalib.demo.loading import load_demo
from luminalib.main import create_app
from luminalib.settings import Settings
from streaming import serving
from tours import blocks_of, paste
from waiting import indexed

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind is enough: nothing here is about the database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'luminalib.db'}"


async def test_the_tour_prints_what_readme_shows(settings: Settings, tmp_path: Path) -> None:
    blocks = blocks_of(README.read_text().partition("## Five minutes\n")[2].partition("\n## ")[0])
    assert len(blocks) > 12
    async with open_container(settings) as container:
        services = container.services
        await load_demo(services.auth, services.intake, services.books, settings.data_dir)
        await indexed(container)
        app = create_app(settings, container)
        app.state.services = services
        async with serving(app, container) as url:
            await paste(blocks, tmp_path, B=url)
