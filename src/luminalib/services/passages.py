"""Making passages of texts and keeping their index in step."""

from collections.abc import AsyncIterator, Sequence
from itertools import chain

from luminalib.domain.documents import DocumentNotFound
from luminalib.domain.jobs import Job
from luminalib.domain.passages import IndexedDocument, Passage
from luminalib.domain.sentences import sentences_of
from luminalib.ports.clock import Clock
from luminalib.ports.embedder import EmbeddingModel, Use, Vector
from luminalib.ports.passage_index import PassageWriter
from luminalib.ports.passages import PassageSplitter
from luminalib.steps.indexing import IndexTools, behind, catch_up

SENTENCES_OF = 16
"""The sentences of so many passages are kept in one write."""
BATCH = 64
"""So many texts are embedded between two writes: that much work a crash can cost."""


class PassageService:
    """Does the job `index_document`, again from wherever a crash has left it, and sees to it that none is missing."""

    def __init__(self, tools: IndexTools, splitter: PassageSplitter, clock: Clock) -> None:
        self._tools = tools
        self._splitter = splitter
        self._clock = clock

    async def index(self, job: Job) -> None:
        """See `index_now`. Raises Unavailable when index or embedder are away; words are found already in the latter case."""
        await self.index_now(job.tenant_id, job.payload["document_id"])

    async def leave(self, job: Job, error: Exception) -> None:
        """Nothing to undo: the next comparison with the database finds what is missing."""

    async def request_if_behind(self, tenant_id: str) -> None:
        """Has everything indexed in the background that the index does not hold as the database has it."""
        await catch_up(self._tools, tenant_id, await behind(self._tools, tenant_id), self._clock.now())

    async def reindex(self, tenant_ids: Sequence[str]) -> AsyncIterator[tuple[str, int, int]]:
        """Makes the index of some tenants anew; yields whose documents are worked on, how many are done, of how many."""
        async with self._tools.index.rebuilding(tenant_ids) as fresh:
            for tenant_id in tenant_ids:
                async with self._tools.uow.reading(tenant_id) as uow:
                    wanted = list(await uow.passages.indexable())
                gone = set(await fresh.states(tenant_id)) - set(wanted)
                everything = [*wanted, *gone]
                for done, document_id in enumerate(everything, 1):
                    await self.index_now(tenant_id, document_id, anew_in=fresh)
                    yield tenant_id, done, len(everything)
        for tenant_id in tenant_ids:
            await self.request_if_behind(tenant_id)  # what came, changed and went meanwhile

    async def index_now(self, tenant_id: str, document_id: str, *, anew_in: PassageWriter | None = None) -> None:
        """Brings passages, index and vectors to what the database says of a document; `anew_in`: written there in any case."""
        index = anew_in or self._tools.index
        async with self._tools.uow.reading(tenant_id) as uow:
            found = (await uow.passages.indexable([document_id])).get(document_id)
            sections = await uow.documents.sections(document_id) if found else []
            kept = await uow.passages.of(document_id) if found else []
        if found is None:
            await index.remove(tenant_id, document_id)
            return
        document = found[0]
        passages = await self._splitter.split(document_id, sections)
        if passages != kept and not await self._keep(document, passages):
            return  # another job is for what came meanwhile
        state = (await index.states(tenant_id, [document_id])).get(document_id)
        holds_it = state is not None and state.fingerprint == document.fingerprint and state.passages == len(passages)
        if anew_in or not holds_it or passages != kept:
            await index.replace(document, passages)
            state = None
        model = await self._tools.embedder.model()
        if model is not None and passages and (state is None or state.model != model.fingerprint):
            vectors = await self._vectors(tenant_id, model, passages)
            await index.add_vectors(tenant_id, document_id, model, vectors)
        if model is not None:
            await self._keep_sentences(tenant_id, model, passages)

    async def _keep(self, document: IndexedDocument, passages: Sequence[Passage]) -> bool:
        """Whether the document is still the one that was read; then its passages are kept."""
        async with self._tools.uow(document.tenant_id) as uow:
            try:
                await uow.documents.get(document.document_id)  # held, so that it does not go while its passages come
            except DocumentNotFound:
                return False
            now = (await uow.passages.indexable([document.document_id])).get(document.document_id)
            if now is None or now[0].sha256 != document.sha256:
                return False
            await uow.passages.replace(document.document_id, passages)
            return True

    async def _vectors(self, tenant_id: str, model: EmbeddingModel, passages: Sequence[Passage]) -> list[Vector]:
        digests = [passage.digest for passage in passages]
        async with self._tools.uow.reading(tenant_id) as uow:
            vectors = await uow.passages.vectors(model.fingerprint, digests)
        missing = [passage for passage in passages if passage.digest not in vectors]
        for start in range(0, len(missing), BATCH):
            some = missing[start : start + BATCH]
            made = await self._tools.embedder.embed([passage.text for passage in some], Use.PASSAGE)
            fresh = dict(zip((passage.digest for passage in some), made, strict=True))
            async with self._tools.uow(tenant_id) as uow:
                await uow.passages.keep_vectors(model.fingerprint, fresh, self._clock.now())
            vectors |= fresh
        return [vectors[digest] for digest in digests]

    async def _keep_sentences(self, tenant_id: str, model: EmbeddingModel, passages: Sequence[Passage]) -> None:
        """Embeds the sentences of passages, each once, as neighbours share some."""
        if self._tools.sentences is None:
            return
        texts = {passage.digest: passage.text for passage in passages}
        wanted = await self._tools.sentences.missing(tenant_id, model, texts)
        missing = [digest for digest in texts if digest in wanted]
        known: dict[str, Vector] = {}
        for start in range(0, len(missing), SENTENCES_OF):
            split = {digest: sentences_of(texts[digest]) for digest in missing[start : start + SENTENCES_OF]}
            new = [sentence for sentence in dict.fromkeys(chain.from_iterable(split.values())) if sentence not in known]
            made: list[Vector] = []
            for at in range(0, len(new), BATCH):
                made += await self._tools.embedder.embed(new[at : at + BATCH], Use.PASSAGE)
            known |= dict(zip(new, made, strict=True))
            vectors = {digest: [known[sentence] for sentence in sentences] for digest, sentences in split.items()}
            await self._tools.sentences.keep(tenant_id, model, vectors)
            known = {sentence: known[sentence] for sentence in split[missing[min(start + SENTENCES_OF, len(missing)) - 1]]}
