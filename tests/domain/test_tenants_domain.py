"""Names of libraries, whose a secret is, and where objects lie."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from luminalib.domain.auth import MAIN_TENANT, NotAllowed, Principal, Role
from luminalib.domain.inspection import searched
from luminalib.domain.storage_keys import prefix_in, prefix_of
from luminalib.domain.tenants import (
    REMOVE_TENANT,
    BadSlug,
    SlugTaken,
    Tenant,
    TenantView,
    accept_slug,
    marked,
    remove_tenant,
    require_operator,
    tenant_of,
    tenant_of_host,
)
from luminalib.domain.uploads import Upload

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_short_names() -> None:
    for good in ("ab", "seaside", "sea-side-2", "a" * 32):
        assert accept_slug(good) == good
    for bad in (
        "",
        "a",
        "2seas",
        "Seaside",
        "sea side",
        "sea--side",
        "-sea",
        "sea-",
        "sea.side",
        "sea/side",
        "a" * 33,
        "sé",
        "ab\n",
    ):
        with pytest.raises(BadSlug):
            accept_slug(bad)
    for taken in (MAIN_TENANT, "www", "api"):
        with pytest.raises(SlugTaken):
            accept_slug(taken)


def test_a_view_shows_all_of_a_tenant_under_its_short_name() -> None:
    seaside = Tenant(tenant_id="seaside", name="Sea", plan="small", created_at=NOW, is_active=False, region="eu", refusal="No.")
    view = seaside.view
    assert (view.slug, view.is_main) == ("seaside", False)
    assert all(getattr(view, one.name) == getattr(seaside, one.name) for one in fields(TenantView) if one.name != "slug")
    assert Tenant(tenant_id=MAIN_TENANT, name="M", plan="small", created_at=NOW).view.is_main


def test_a_library_is_removed_once_by_a_job_that_does_not_go_with_it() -> None:
    job = remove_tenant("seaside", NOW)
    assert (job.name, job.payload, job.tenant_id, job.run_at) == (REMOVE_TENANT, {"slug": "seaside"}, MAIN_TENANT, NOW)
    assert job.lock == job.queueing_lock == f"{REMOVE_TENANT}:seaside"


def test_a_secret_says_whose_it_is() -> None:
    for tenant in (MAIN_TENANT, "seaside"):
        assert tenant_of(marked("b3Jl-Yx_2", tenant)) == tenant
    assert marked("b3Jl-Yx_2", MAIN_TENANT) == "b3Jl-Yx_2", "what was handed out before there were others still works"


@pytest.mark.parametrize(
    ("host", "tenant"),
    [
        ("seaside.library.test", "seaside"),
        ("SeaSide.Library.Test", "seaside"),
        ("library.test", None),
        ("a.seaside.library.test", None),
        ("seaside.library.test.evil.test", None),
        ("evillibrary.test", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_a_host_says_which_library_is_meant(host: str, tenant: str | None) -> None:
    assert tenant_of_host(host, "library.test") == tenant
    assert tenant_of_host(host, "") is None


def test_no_library_s_objects_are_listed_with_another_s() -> None:
    tenants = (MAIN_TENANT, "sea", "seaside")
    for one in tenants:
        own = [f"{prefix_of(one)}{kind}x" for kind in ("documents/", "uploads/", "staging/")]
        for other in tenants:
            listed = [key for key in own for prefix in searched(other) if key.startswith(prefix)]
            assert listed == (own if one == other else [])


def test_what_comes_later_lies_beside_what_came_before() -> None:
    assert prefix_in("tenants/sea/staging/1") == "tenants/sea/"
    assert prefix_in("staging/1") == ""
    facts = {"id": "1", "user_id": "u", "length": 1, "filename": "a.txt", "created_at": NOW, "expires_at": NOW}
    assert Upload(**facts, tenant_id="sea").prefix == "tenants/sea/uploads/1/"  # type: ignore[arg-type]
    assert Upload(**facts).prefix == "uploads/1/"  # type: ignore[arg-type]


def test_operators_are_of_the_main_library() -> None:
    require_operator(Principal(tenant_id=MAIN_TENANT, user_id="u", role=Role.OPERATOR))
    for tenant, role in (("sea", Role.OPERATOR), (MAIN_TENANT, Role.ADMIN)):
        with pytest.raises(NotAllowed):
            require_operator(Principal(tenant_id=tenant, user_id="u", role=role))
