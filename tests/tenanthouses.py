"""Installations with several libraries, and people who join them."""

from typing import Any

import httpx

from accounts import Library, bearer, email_of
from journeys import PASSWORD
from luminalib.domain.auth import Role

SEASIDE = {"slug": "seaside", "name": "Seaside Public Library", "plan": "library", "admin_email": "grace@seaside.test"}


async def operator_of(library: Library) -> httpx.AsyncClient:
    """Who runs the installation."""
    await library.container.services.auth.signup(email_of("operator"), PASSWORD, None, role=Role.OPERATOR)
    return await library.login("operator")


async def join(library: Library, name: str, tenant: str, **more: Any) -> httpx.AsyncClient:
    """Somebody who signs up in a tenant and is logged in there."""
    account = {"email": email_of(name), "password": PASSWORD, "tenant": tenant}
    client = library.visitor()
    (await client.post("/auth/signup", json=account | more)).raise_for_status()
    tokens = (await client.post("/auth/login", json=account)).raise_for_status().json()
    client.headers.update(bearer(tokens))
    return client


async def found(operator: httpx.AsyncClient, library: Library, name: str = "seaside", **more: str) -> httpx.AsyncClient:
    """A new tenant's first admin; everybody may join it."""
    made = (await operator.post("/tenants", json=SEASIDE | {"slug": name} | more)).raise_for_status().json()
    admin = await join(library, "grace", name, invitation=made["invitation"]["token"])
    (await admin.patch("/tenant", json={"signup": "open"})).raise_for_status()
    return admin
