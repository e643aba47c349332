"""One row in every table that has a tenant, all about one book: what nobody else may ever see."""

from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from luminalib.adapters.clock import SystemClock
from luminalib.adapters.db.engine import SqlDatabase
from luminalib.adapters.db.schema import metadata


async def furnish(database: SqlDatabase, tenant: str) -> dict[str, str]:
    """Writes the rows; gives the ids of user, document, book, loan, hold, review, inquiry, webhook, passage and conversation."""
    ids = {
        kind: str(uuid4())
        for kind in ("user", "document", "book", "loan", "hold", "review", "inquiry", "webhook", "passage", "conversation")
    }
    async with database.owner.begin() as connection:
        for name, values in _rows(ids).items():
            table = metadata.tables[name]
            typed = {key: _typed(table.c[key].type, value) for key, value in values.items()}
            await connection.execute(sa.insert(table).values(tenant_id=tenant, **typed))
    return ids


def _rows(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    now = SystemClock().now()
    user, document, book, loan, review = (ids[kind] for kind in ("user", "document", "book", "loan", "review"))
    engine = {"provider": "p", "model": "m", "prompt": "p"}
    times = {"created_at": now, "updated_at": now}
    read = {"review_id": review, "book_id": book, "sentiment": "positive", "read_at": now}
    return {
        "users": {
            "id": user,
            "email": f"{user}@a.test",
            "password_hash": "x",
            "display_name": "A",
            "role": "admin",
            "is_active": True,
            "created_at": now,
        },
        "documents": {
            "id": document,
            "filename": "a.txt",
            "media_type": "text/plain",
            "byte_size": 1,
            "sha256": "0" * 64,
            "claim": "0" * 64,
            "staged_key": "s",
            "content_key": "c",
            "uploaded_by": user,
            "status": "completed",
            "progress": 100,
            **times,
        },
        "sections": {"document_id": document, "ordinal": 0, "start": 0, "text": "a secret"},
        "passages": {
            "id": ids["passage"],
            "document_id": document,
            **dict.fromkeys(("ordinal", "page_start", "start"), 0),
            **dict.fromkeys(("page", "stop"), 1),
            "text": "a",
            "digest": "0" * 64,
        },
        "conversations": {
            "id": ids["conversation"],
            "user_id": user,
            "title": "a",
            "book_ids": [],
            "document_ids": [],
            "up_to_page": {},
            "style": "plain",
            **times,
        },
        "messages": {
            "id": ids["conversation"],
            "conversation_id": ids["conversation"],
            "role": "user",
            "content": "a",
            "created_at": now,
        },
        "summaries": {
            "document_id": document,
            "summary": "a",
            "key_topics": [],
            "sentiment": "neutral",
            "insights": [],
            "action_items": [],
            "generated_at": now,
            **engine,
        },
        "document_events": {"document_id": document, "kind": "status", "status": "completed", "progress": 100, "at": now},
        "books": {
            "id": book,
            "document_id": document,
            "title": "a",
            "authors": ["Calloway"],
            "language": "en",
            "tags": ["sea"],
            "published_year": 1999,
            "copies_total": 1,
            "created_by": user,
            "title_key": "a",
            "author_key": "calloway",
            **times,
        },
        "book_texts": {
            "book_id": book,
            "version": 1,
            **dict.fromkeys(("title", "series", "authors", "tags", "description", "summary"), "a"),
        },
        "catalogue_words": {"word": "a"},
        "catalogue_terms": {"kind": "tag", "label": "sea", "text": "Sea", "books": 0},
        "catalogue_starts": {"start": "austen", "kind": "name", "label": "jane austen"},
        "book_labels": {"kind": "tag", "label": "sea", "created_at": now, "book_id": book},
        "loans": {"id": loan, "book_id": book, "user_id": user, "borrowed_at": now, "due_at": now, "renewals": 0},
        "holds": {
            "id": ids["hold"],
            "book_id": book,
            "user_id": user,
            "number": 1,
            "placed_at": now,
            "state": "ready",
            "ready_at": now,
            "ready_until": now,
        },
        "reviews": {"id": review, "book_id": book, "user_id": user, "rating": 4, "text": "a", **times},
        "review_aspects": {"name": "plot", "quote": "a", **read},
        "review_readings": {**read, **engine},
        "consensus_aspects": {"book_id": book, "name": "plot", "positive": 1, "negative": 0, "undecided": 0},
        "notices": {
            "user_id": user,
            "kind": "due_soon",
            "subject_id": loan,
            "book_id": book,
            "title": "a",
            "until": now,
            "at": now,
        },
        "inquiries": {
            "id": ids["inquiry"],
            "message": "a",
            "stated": {},
            "created_by": user,
            "state": "new",
            "intent": "sales",
            "raw_confidence": 1.0,
            "confidence": 1.0,
            "low_confidence": False,
            "method": "rules",
            "evidence": [],
            "awaits_model": False,
            "is_confirmed": False,
            **engine,
            **times,
        },
        "inquiry_steps": {"inquiry_id": ids["inquiry"], "step": "received", "at": now},
        "inquiry_labels": {"inquiry_id": ids["inquiry"], "intent": "sales", "features": [1], "at": now},
        "agent_runs": {
            "id": ids["inquiry"],
            "agent": "extract",
            "output": {},
            "evidence": [],
            "citations": [],
            "usage": {},
            "cost": 0.0,
            "created_at": now,
            "state": "draft",
        },
        "intent_models": {"storage_key": "k", "sha256": "0" * 64, "examples": 80, "accuracy": 0.9, "trained_at": now},
        "audit_events": {"action": "signed-up", "at": now, "actor_id": user},
        "webhooks": {
            "id": ids["webhook"],
            "url": "https://a.test",
            "types": [],
            "format": "standard",
            "secret": "s",
            "is_enabled": True,
            **times,
        },
        "webhook_sources": {"id": ids["webhook"], "name": "a", "scheme": "header", "key": "k", "secret": "s", "created_at": now},
        "crm_connections": {"id": ids["webhook"], "kind": "webhook", "mapping": {}, "is_enabled": True, "failures": 0, **times},
        "crm_contacts": {
            "id": ids["webhook"],
            "connection_id": ids["webhook"],
            "email": "a@a.test",
            "fields": {},
            "is_dirty": True,
            "updated_at": now,
        },
        "crm_syncs": {
            "id": ids["webhook"],
            "connection_id": ids["webhook"],
            "at": now,
            "state": "success",
            **dict.fromkeys(("pushed", "pulled", "conflicts"), 0),
        },
        "webhook_attempts": {
            "webhook_id": ids["webhook"],
            "message_id": ids["webhook"],
            "type": "book.created",
            "attempt": 1,
            "at": now,
            "ms": 1,
            "response": "a",
        },
    }


def _typed(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    return kind.enum_class(value) if isinstance(kind, sa.Enum) and kind.enum_class else value
