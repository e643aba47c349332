"""The six kinds of failure that the rest of the domain refines; a subclass's docstring is its default message."""

from typing import ClassVar


class LuminaError(Exception):
    """Something went wrong."""

    slug: ClassVar[str] = "error"

    def __init__(self, detail: str | None = None, **facts: object) -> None:
        """`detail` tells the person what to do; `facts` are what a client may want to act on."""
        self.detail = detail or (type(self).__doc__ or "").strip().splitlines()[0]
        self.facts = facts
        super().__init__(self.detail)


class NotFound(LuminaError):
    """There is nothing here under that id, or nothing that you may see."""

    slug = "not-found"


class Conflict(LuminaError):
    """The current state does not allow this."""

    slug = "conflict"


class Forbidden(LuminaError):
    """Your role does not allow this."""

    slug = "forbidden"


class Unauthenticated(LuminaError):
    """Log in first: send `Authorization: Bearer <access token>`."""

    slug = "unauthenticated"


class Invalid(LuminaError):
    """The request does not hold together."""

    slug = "invalid"


class Unavailable(LuminaError):
    """A service that this needs does not answer. Try again in a moment."""

    slug = "unavailable"
