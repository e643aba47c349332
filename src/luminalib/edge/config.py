"""uvicorn's configuration, with the door that all connections of a server come through."""

from typing import Any

import uvicorn
from fastapi import FastAPI

from luminalib.edge.door import ConnectionLimits, Door


class EdgeConfig(uvicorn.Config):
    """Carries the door to the protocols, which uvicorn makes by itself."""

    def __init__(self, app: FastAPI, limits: ConnectionLimits, **options: Any) -> None:
        super().__init__(app, **options)
        self.door = Door(limits)
