"""What members say they like; what the library learns from their reading is derived, never stored here."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Taste:
    """A liked tag or author; `weight` above 0 up to 1, compared with one another."""

    name: str
    weight: float = 1.0


@dataclass(eq=False, kw_only=True)
class Preferences:
    """A member's explicit taste, in their own order."""

    user_id: str
    tags: list[Taste] = field(default_factory=list)
    authors: list[Taste] = field(default_factory=list)
    excluded_tags: list[str] = field(default_factory=list)
    updated_at: datetime | None = None
