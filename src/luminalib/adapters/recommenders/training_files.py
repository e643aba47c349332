"""The files in which a training is handed to its child process."""

from luminalib.domain.tastes import TasteEvent

BOOKS, EVENTS = "books.jsonl", "events.tsv"


def event_line(event: TasteEvent) -> str:
    """An event as a line of the file that `train` reads."""
    return f"{event.user_id}\t{event.book_id}\t{event.kind}\t{event.rating or ''}\n"
