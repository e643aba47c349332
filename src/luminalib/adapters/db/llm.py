"""Tables and repository of language model calls and their answers."""

from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from luminalib.adapters.db.quotas import SqlQuotaCounters
from luminalib.adapters.db.schema import BIG_ID, UtcDateTime, enum_column, metadata, tenant_column
from luminalib.domain.feedback import ReaderVerdict
from luminalib.domain.llm import FAILURES, Answer, LLMCall, Outcome, Purpose, Usage, VariantUsage
from luminalib.domain.quotas import Quota
from luminalib.ports.persistence import LLMLedger

llm_calls = sa.Table(
    "llm_calls",
    metadata,
    sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
    tenant_column(),
    # The day of `at` in UTC, in a column of its own because databases disagree on how to cut one out.
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("purpose", enum_column(Purpose), nullable=False),
    sa.Column("provider", sa.String(64), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("prompt", sa.String(200), nullable=False),
    sa.Column("tokens_in", sa.Integer, nullable=False),
    sa.Column("tokens_out", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("outcome", enum_column(Outcome), nullable=False),
    # Who asked, where a member did; no foreign key, as what was spent stays when somebody leaves.
    sa.Column("user_id", sa.String(36)),
    # Names with commas between them: they are only counted.
    sa.Column("failed_checks", sa.String(200), nullable=False, server_default=""),
    sa.Index("ix_llm_calls_tenant_id_day", "tenant_id", "day"),
)
llm_answers = sa.Table(
    "llm_answers",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("prompt", sa.String(200), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

reader_verdicts = sa.Table(
    "reader_verdicts",
    metadata,
    sa.Column("tenant_id", sa.String(36), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("purpose", enum_column(Purpose), primary_key=True),
    # No foreign key: what was said of a prompt stays true when the book or the conversation has gone.
    sa.Column("subject_id", sa.String(36), primary_key=True),
    sa.Column("provider", sa.String(64), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("prompt", sa.String(200), nullable=False),
    sa.Column("is_helpful", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_reader_verdicts_user_id", "user_id"),
    sa.Index("ix_reader_verdicts_tenant_id_at", "tenant_id", "at"),
)


_LAST = 50
"""Answers that a model's speed is taken from."""


class SqlLLMLedger(LLMLedger):
    """Calls in `llm_calls`, answers in `llm_answers`; both of one tenant."""

    def __init__(self, session: AsyncSession, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def record(self, call: LLMCall) -> None:
        """See LLMLedger."""
        values = asdict(call) | {"tenant_id": self._tenant_id, "day": call.at.astimezone(UTC).date()}
        values["failed_checks"] = ",".join(call.failed_checks)
        await self._session.execute(sa.insert(llm_calls).values(values))
        if tokens := call.tokens_in + call.tokens_out:
            quota = Quota.MODEL_TOKENS_PER_MONTH
            await SqlQuotaCounters(self._session, self._tenant_id).use(quota, quota.period(call.at), tokens)

    async def usage(self, since: date, until: date, *, by_member: bool = False) -> list[Usage]:
        """See LLMLedger."""
        c = llm_calls.c
        keys = (c.day, c.purpose, c.provider, c.model, *([c.user_id] if by_member else []))
        totals = sa.select(
            *keys,
            sa.func.count().label("calls"),
            sa.func.count().filter(c.outcome == Outcome.CACHED).label("cached"),
            sa.func.count().filter(c.outcome == Outcome.REPAIRED).label("repaired"),
            sa.func.count().filter(c.outcome.in_(FAILURES)).label("failed"),
            *(sa.func.sum(column).label(column.name) for column in (c.tokens_in, c.tokens_out, c.seconds)),
        )
        these = (c.tenant_id == self._tenant_id, c.day >= since, c.day <= until)
        rows = await self._session.execute(totals.where(*these).group_by(*keys).order_by(c.day.desc(), *keys[1:]))
        failed = await self._failed_checks(keys, these)
        return [Usage(**row, failed_checks=failed.get(tuple(row[key.name] for key in keys), {})) for row in rows.mappings()]

    async def _failed_checks(
        self, keys: tuple[sa.Column[Any], ...], these: tuple[sa.ColumnElement[bool], ...]
    ) -> dict[tuple[Any, ...], Counter[str]]:
        checks = llm_calls.c.failed_checks
        counted = sa.select(*keys, checks, sa.func.count()).where(*these, checks != "").group_by(*keys, checks)
        found: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
        for *key, names, count in await self._session.execute(counted):
            for name in names.split(","):
                found[tuple(key)][name] += count
        return found

    async def variants(self, since: date, until: date) -> list[VariantUsage]:
        """See LLMLedger."""
        c, v = llm_calls.c, reader_verdicts.c
        names = {
            "calls": sa.true(),
            "accepted": c.outcome == Outcome.OK,
            "cached": c.outcome == Outcome.CACHED,
            "repaired": c.outcome == Outcome.REPAIRED,
            "failed": c.outcome.in_(FAILURES),
        }
        counts = [sa.func.count().filter(which).label(name) for name, which in names.items()]
        keys = (c.purpose, c.provider, c.model, c.prompt)
        called = sa.select(*keys, *counts).where(c.tenant_id == self._tenant_id, c.day.between(since, until)).group_by(*keys)
        told = (v.purpose, v.provider, v.model, v.prompt)
        said = [
            sa.func.count().filter(v.is_helpful == given).label(name) for name, given in (("helpful", True), ("unhelpful", False))
        ]
        first, last = datetime.combine(since, time.min, UTC), datetime.combine(until, time.max, UTC)
        judged = sa.select(*told, *said).where(v.tenant_id == self._tenant_id, v.at.between(first, last))
        found: dict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
        for statement in (called, judged.group_by(*told)):
            for row in (await self._session.execute(statement)).mappings():
                found[row["purpose"], row["provider"], row["model"], row["prompt"]] |= {
                    name: row[name] for name in row if name not in ("purpose", "provider", "model", "prompt")
                }
        return [
            VariantUsage(purpose=purpose, provider=provider, model=model, variant=prompt, **found[purpose, provider, model, prompt])
            for purpose, provider, model, prompt in sorted(found)
        ]

    async def judge(self, verdict: ReaderVerdict) -> None:
        """See LLMLedger."""
        v = reader_verdicts.c
        same = (v.user_id == verdict.user_id, v.purpose == verdict.purpose, v.subject_id == verdict.subject_id)
        await self._session.execute(sa.delete(reader_verdicts).where(v.tenant_id == self._tenant_id, *same))
        await self._session.execute(sa.insert(reader_verdicts).values(asdict(verdict) | {"tenant_id": self._tenant_id}))

    async def forget_reader(self, user_id: str) -> None:
        """See LLMLedger."""
        theirs = (reader_verdicts.c.tenant_id == self._tenant_id, reader_verdicts.c.user_id == user_id)
        await self._session.execute(sa.delete(reader_verdicts).where(*theirs))

    async def speed(self, provider: str, model: str) -> float | None:
        """See LLMLedger."""
        c = llm_calls.c
        is_told = (c.outcome.in_((Outcome.OK, Outcome.REPAIRED)), c.tokens_out > 0, c.seconds > 0)
        of_model = (c.tenant_id == self._tenant_id, c.provider == provider, c.model == model)
        tokens = (c.tokens_in + c.tokens_out).label("tokens")
        last = sa.select(tokens, c.seconds).where(*of_model, *is_told).order_by(c.id.desc()).limit(_LAST).subquery()
        found = await self._session.execute(sa.select(sa.func.sum(last.c.tokens), sa.func.sum(last.c.seconds)))
        told, took = found.one()
        return float(told) / float(took) if took else None

    async def find_answer(self, digest: str) -> Answer | None:
        """See LLMLedger."""
        row = (await self._session.execute(sa.select(llm_answers).where(*self._answer(digest)))).mappings().one_or_none()
        return Answer(**{key: value for key, value in row.items() if key != "tenant_id"}) if row else None

    async def keep_answer(self, answer: Answer) -> None:
        """See LLMLedger."""
        await self._session.execute(sa.delete(llm_answers).where(*self._answer(answer.digest)))
        await self._session.execute(sa.insert(llm_answers).values(asdict(answer) | {"tenant_id": self._tenant_id}))

    async def forget(self, *, calls_before: datetime, answers_before: datetime) -> None:
        """See LLMLedger."""
        for table, before in ((llm_calls, calls_before), (llm_answers, answers_before)):
            await self._session.execute(sa.delete(table).where(table.c.tenant_id == self._tenant_id, table.c.at < before))

    def _answer(self, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
        return llm_answers.c.tenant_id == self._tenant_id, llm_answers.c.digest == digest
