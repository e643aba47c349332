"""The same request twice, the same answer: what a client may send again when it does not know whether it was heard.

After the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, get_args

from luminalib.domain.errors import Invalid, LuminaError

KEPT_FOR = timedelta(hours=24)
KEY_MAX = 255

T = TypeVar("T")


class KeyReused(Invalid):
    """The Idempotency-Key was sent with another request before. Make a new key for each request."""

    slug = "idempotency-key-reused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a key stands for: the action on a book, such as `borrow`."""

    key: str
    action: str
    book_id: str


@dataclass(eq=False, kw_only=True)
class Receipt:
    """The answer that a member's request got: the facts of what was made, or the refusal with its slug."""

    id: str
    user_id: str
    key: str
    action: str
    book_id: str
    refusal: str | None
    answer: dict[str, Any]
    at: datetime

    def check(self, request: Request) -> None:
        """Raises KeyReused when the key came with another request before."""
        if (self.action, self.book_id) != (request.action, request.book_id):
            raise KeyReused(action=self.action, book_id=self.book_id)


def facts_of(made: Any) -> dict[str, Any]:
    """A dataclass as JSON has it, times in ISO 8601."""
    return {name: _plain(value) for name, value in asdict(made).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value


def revive(kind: type[T], facts: dict[str, Any]) -> T:
    """The dataclass that `facts_of` took apart."""
    return kind(**{field.name: _typed(field.type, facts[field.name]) for field in fields(kind)})  # type: ignore[arg-type]


def _typed(declared: Any, value: Any) -> Any:
    if value is None:
        return None
    wanted = next(kind for kind in get_args(declared) or (declared,) if kind is not type(None))
    if isinstance(wanted, type) and is_dataclass(wanted):
        return revive(wanted, value)
    return datetime.fromisoformat(value) if wanted is datetime else wanted(value)


def refusal_of(receipt: Receipt) -> LuminaError:
    """The refusal that a receipt keeps, of the same type and with the same facts."""
    kinds: list[type[LuminaError]] = [LuminaError]
    for kind in kinds:
        if kind.slug == receipt.refusal:
            return kind(receipt.answer["detail"], **receipt.answer["facts"])
        kinds += kind.__subclasses__()
    return LuminaError(receipt.answer["detail"])
