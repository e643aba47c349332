"""Calls of JSON over HTTP, with failures in the domain's words."""

import json
from collections.abc import Mapping
from typing import Any

from luminalib.adapters.outside.client import Answer, NoAnswer, OutsideClient
from luminalib.domain.crm import CrmUnavailable, Rejected

MOST_BYTES = 4 * 2**20
_TOO_MANY, _UNAUTHORISED, _FORBIDDEN, _FAULT = 429, 401, 403, 500


async def call(
    client: OutsideClient, method: str, url: str, headers: Mapping[str, str], body: Any = None, *, fine: tuple[int, ...] = ()
) -> tuple[Answer, Any]:
    """The answer and its JSON: of 2xx, or of a status in `fine`. Raises CrmUnavailable, Rejected."""
    content = json.dumps(body).encode() if body is not None else b""
    try:
        answer = await client.request(method, url, {"content-type": "application/json", **headers}, content, MOST_BYTES)
    except NoAnswer as none:
        raise CrmUnavailable(f"The other system does not answer: {none}") from none
    check(answer, fine)
    try:
        return answer, json.loads(answer.body) if answer.body else None
    except ValueError as error:
        raise CrmUnavailable("The other system answers with something that is not JSON.") from error


def check(answer: Answer, fine: tuple[int, ...] = ()) -> None:
    """Raises CrmUnavailable for what may pass, Rejected for what will not."""
    status = answer.status
    if 200 <= status < 300 or status in fine:  # noqa: PLR2004 -- the class of statuses
        return
    if status == _TOO_MANY or status >= _FAULT:
        facts = {"retry_after": answer.retry_after} if answer.retry_after else {}
        raise CrmUnavailable(f"The other system asks for patience ({status}).", **facts)
    said = answer.body[:300].decode(errors="replace").replace("\0", "")
    if status in (_UNAUTHORISED, _FORBIDDEN):
        raise Rejected(f"The other system does not take the token ({status}).")
    raise Rejected(f"The other system refuses ({status}): {said}")
