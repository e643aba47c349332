"""The command line: `luminalib serve | migrate | ingest | demo | create-admin | set-password | openapi`."""

from luminalib.cli.main import app

__all__ = ["app"]
