"""The ASGI application: `create_app(settings)`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from luminalib import __version__
from luminalib.api import (
    agents,
    auth,
    books,
    consensus,
    conversations,
    crm,
    document_events,
    documents,
    feedback,
    grants,
    holds,
    incoming,
    inquiries,
    llm,
    loans,
    metrics,
    notices,
    one_time_links,
    openapi,
    operations,
    pages,
    problem_pages,
    problems,
    profile,
    recommendations,
    reviews,
    search,
    tenants,
    uploads,
    usage,
    users,
    webhooks,
)
from luminalib.api.hosts import KnownHosts
from luminalib.api.middleware import BodyLimit, RequestContext, StalledClients
from luminalib.api.multipart import MAX_FILES
from luminalib.api.negotiation import Acceptable, answer_head
from luminalib.api.streams import STREAMS
from luminalib.api.turns import Turns
from luminalib.container import Container, open_container
from luminalib.settings import Settings

READ_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "Last-Event-ID",
    "Prefer",
    "Range",
    "If-None-Match",
    "X-Request-ID",
)
SHOWN_HEADERS = (
    "Link",
    "Location",
    "Retry-After",
    "X-Request-ID",
    "RateLimit",
    "RateLimit-Policy",
    "Content-Range",
    "ETag",
    "Upload-Expires",
)
TUS_HEADERS = ("Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Document-Id", "Upload-Book-Id")

A_VISIT = (
    *(
        auth,
        one_time_links,
        profile,
        books,
        loans,
        holds,
        notices,
        reviews,
        consensus,
        recommendations,
        search,
        conversations,
        feedback,
        inquiries,
        agents,
    ),
    *(document_events, documents, uploads, users, llm, webhooks, incoming, crm, tenants, grants, usage, operations, metrics),
)
"""The features in the order in which somebody meets them: the document's."""


def create_app(settings: Settings, container: Container | None = None) -> FastAPI:
    """The whole server. Without a `container` that is open already, its lifespan opens one."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with nullcontext(container) if container else open_container(settings) as opened:
            app.state.services = opened.services
            yield

    app = FastAPI(
        title="LuminaLib",
        version=__version__,
        lifespan=lifespan,
        separate_input_output_schemas=False,
        openapi_url=None,  # FastAPI makes the document in the event loop: `api/openapi.py` has its route
        docs_url=None,  # FastAPI's pages load from other servers: `api/pages.py` has ours
        redoc_url=None,
    )
    # Routes are looked at one after another: the busiest first, and in one list, where routers within routers cost 20 µs a request.
    features = (
        profile,
        books,
        loans,
        holds,
        search,
        recommendations,
        reviews,
        consensus,
        conversations,
        feedback,
        inquiries,
        agents,
        notices,
        document_events,
        documents,
        uploads,
        auth,
        one_time_links,
        users,
        llm,
        incoming,
        webhooks,
        crm,
        tenants,
        grants,
        usage,
    )
    for feature in (*features, operations, metrics, pages, problem_pages):
        app.router.routes.extend(feature.router.routes)
    problems.install(app)
    openapi.install(app, [route for feature in A_VISIT for route in feature.router.routes])
    app.state.trusted_proxies = settings.trusted_proxies
    app.state.turns = Turns()
    app.state.tenant_domain = settings.tenant_domain
    app.state.has_metrics = settings.metrics != "off"
    app.state.metrics_token = settings.metrics_token.get_secret_value() if settings.metrics == "token" else ""
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["*"],
            allow_headers=[*READ_HEADERS, *TUS_HEADERS],
            expose_headers=[*SHOWN_HEADERS, *TUS_HEADERS],
        )
    book, document = settings.max_upload_mib * 2**20, settings.max_document_mib * 2**20
    limits = {
        r"/books(/[^/]+/content)?|/uploads/[^/]+": book,
        "/documents/upload": document * MAX_FILES,
        "/inquiries/batch": inquiries.BATCH_BYTES,
    }
    answer_head(app.router.routes, STREAMS)
    app.add_middleware(Acceptable, routes=app.router.routes, streams=STREAMS)
    app.add_middleware(BodyLimit, upload_limits=limits, open_to_strangers=r"/webhooks/in/[^/]+/[^/]+")
    app.add_middleware(StalledClients)
    app.add_middleware(KnownHosts, allowed=settings.known_hosts)
    app.add_middleware(RequestContext, behind_proxies=settings.trusted_proxies > 0)
    return app
