"""Who may call what, and what each route needs to be called with. See `test_privileges`."""

from typing import Any
from uuid import uuid4

ROLES = ("anonymous", "stranger", "owner", "librarian", "admin", "device")
POLICY = """
                                                  anonymous stranger owner librarian admin device
GET    /                                                200      200   200       200   200    200
GET    /docs                                            200      200   200       200   200    200
GET    /redoc                                           200      200   200       200   200    200
GET    /assets/{path:path}                              200      200   200       200   200    200
GET    /problems                                        200      200   200       200   200    200
GET    /problems/{slug}                                 200      200   200       200   200    200
GET    /reset-password                                  200      200   200       200   200    200
GET    /join                                            200      200   200       200   200    200
GET    /favicon.ico                                     200      200   200       200   200    200
GET    /openapi.json                                    200      200   200       200   200    200
GET    /healthz                                         200      200   200       200   200    200
GET    /readyz                                          200      200   200       200   200    200
GET    /metrics                                         200      200   200       200   200    200
POST   /auth/signup                                     201      201   201       201   201    201
POST   /auth/login                                      200      200   200       200   200    200
POST   /auth/password-reset                             403      403   403       403   403    403
POST   /auth/refresh                                    200      200   200       200   200    200
POST   /auth/tickets                                    401      201   201       201   201    401
POST   /auth/signout                                    401      204   204       204   204    401
GET    /auth/me                                         401      200   200       200   200    401
PATCH  /auth/me                                         401      200   200       200   200    401
DELETE /auth/me                                         401      403   403       403   403    401
PUT    /auth/me/password                                401      403   403       403   403    401
GET    /auth/me/preferences                             401      200   200       200   200    401
PUT    /auth/me/preferences                             401      200   200       200   200    401
POST   /auth/me/history/anonymise                       401      200   200       200   200    401
GET    /auth/me/app-passwords                           401      200   200       200   200    401
POST   /auth/me/app-passwords                           401      201   201       201   201    401
DELETE /auth/me/app-passwords/{app_password_id}         401      404   204       404   404    401
GET    /users                                           401      403   403       403   200    401
GET    /admin/llm/usage                                 401      403   403       403   200    401
POST   /admin/llm/test                                  401      403   403       403   200    401
POST   /users/{user_id}/password-reset                  401      403   403       403   201    401
POST   /invitations                                     401      403   403       403   201    401
GET    /invitations                                     401      403   403       403   200    401
DELETE /invitations/{invitation_id}                     401      403   403       403   204    401
GET    /tenant                                          401      403   403       403   200    401
PATCH  /tenant                                          401      403   403       403   200    401
GET    /plans                                           401      403   403       403   200    401
GET    /usage                                           401      403   403       403   200    401
GET    /tenants                                         401      403   403       403   403    401
POST   /tenants                                         401      403   403       403   403    401
GET    /tenants/{slug}                                  401      403   403       403   403    401
PATCH  /tenants/{slug}                                  401      403   403       403   403    401
DELETE /tenants/{slug}                                  401      403   403       403   403    401
POST   /tenants/{slug}/grants                           401      403   403       403   403    401
GET    /tenants/{slug}/grants                           401      403   403       403   403    401
DELETE /tenants/{slug}/grants/{grant_id}                401      403   403       403   403    401
GET    /tenant/grants                                   401      403   403       403   200    401
DELETE /tenant/grants/{grant_id}                        401      403   403       403   404    401
PATCH  /users/{user_id}                                 401      403   403       403   200    401
GET    /audit                                           401      403   403       403   200    401
GET    /books                                           401      200   200       200   200    200
POST   /books                                           401      201   201       201   201    401
GET    /books/{book_id}                                 401      200   200       200   200    200
PUT    /books/{book_id}                                 401      403   200       200   200    401
PATCH  /books/{book_id}                                 401      403   200       200   200    401
DELETE /books/{book_id}                                 401      403   204       204   204    401
PUT    /books/{book_id}/content                         401      403   200       200   200    401
GET    /books/{book_id}/content                         401      403   200       200   200    200
GET    /books/{book_id}/cover                           401      404   404       404   404    404
GET    /books/{book_id}/summary                         401      200   200       200   200    200
PUT    /books/{book_id}/summary/feedback                401      409   409       409   409    401
GET    /books/{book_id}/analysis                        401      200   200       200   200    200
POST   /books/{book_id}/borrow                          401      201   201       201   201    401
POST   /books/{book_id}/return                          401      409   200       409   409    401
POST   /books/{book_id}/renew                           401      409   200       409   409    401
GET    /loans                                           401      200   200       200   200    200
DELETE /holds/{hold_id}                                 401      404   204       204   204    401
GET    /holds                                           401      200   200       200   200    200
POST   /books/{book_id}/hold                            401      201   409       201   201    401
DELETE /books/{book_id}/hold                            401      404   204       404   404    401
GET    /notices                                         401      200   200       200   200    200
GET    /me/stream                                       401      200   200       200   200    401
OPTIONS /uploads                                        204      204   204       204   204    204
GET    /uploads                                         401      200   200       200   200    401
POST   /uploads                                         401      201   201       201   201    401
HEAD   /uploads/{upload_id}                             401      404   200       404   404    401
GET    /uploads/{upload_id}                             401      404   200       404   404    401
PATCH  /uploads/{upload_id}                             401      404   204       404   404    401
DELETE /uploads/{upload_id}                             401      404   204       404   204    401
GET    /search                                          401      200   200       200   200    401
GET    /search/suggest                                  401      200   200       200   200    200
POST   /ask                                             401      200   200       200   200    401
POST   /conversations                                   401      201   201       201   201    401
GET    /conversations                                   401      200   200       200   200    401
GET    /conversations/{conversation_id}                 401      404   200       404   404    401
PATCH  /conversations/{conversation_id}                 401      404   200       404   404    401
DELETE /conversations/{conversation_id}                 401      404   204       404   404    401
GET    /conversations/{conversation_id}/messages        401      404   200       404   404    401
POST   /conversations/{conversation_id}/messages        401      404   201       404   404    401
POST   /conversations/{conversation_id}/cancel          401      404   202       404   404    401
PUT    /conversations/{conversation_id}/messages/{message_id}/feedback 401 404 204 404   404    401
GET    /conversations/{conversation_id}/stream          401      404   200       404   404    401
POST   /inquiries                                       401      201   201       201   201    401
POST   /inquiries/batch                                 401      202   202       202   202    401
GET    /inquiries                                       401      403   403       200   200    401
GET    /inquiries/{inquiry_id}                          401      404   200       200   200    401
PATCH  /inquiries/{inquiry_id}                          401      403   403       200   200    401
POST   /tenants/{slug}/inquiries                        404      404   404       404   404    404
GET    /agents                                          401      403   403       200   200    401
POST   /agents/{name}/runs                              401      403   403       201   201    401
GET    /agents/runs/{run_id}                            401      403   403       200   200    401
POST   /agents/runs/{run_id}/approve                    401      403   403       200   200    401
GET    /recommendations                                 401      200   200       200   200    401
POST   /recommendations/feedback                        401      404   404       404   404    401
GET    /books/{book_id}/similar                         401      200   200       200   200    200
GET    /books/{book_id}/reviews                         401      200   200       200   200    200
POST   /books/{book_id}/reviews                         401      403   409       403   403    401
PUT    /books/{book_id}/reviews/mine                    401      404   200       404   404    401
DELETE /books/{book_id}/reviews/mine                    401      404   204       404   404    401
GET    /documents/stream                                401      200   200       200   200    401
GET    /documents                                       401      200   200       200   200    200
POST   /documents/upload                                401      201   201       201   201    401
POST   /documents/{document_id}/retry                   401      404   409       409   409    401
POST   /documents/{document_id}/book                    401      404   409       409   409    401
DELETE /documents/{document_id}                         401      404   409       409   409    401
GET    /documents/{document_id}                         401      404   200       200   200    200
GET    /documents/{document_id}/status                  401      404   200       200   200    200
GET    /documents/{document_id}/text                    401      404   200       200   200    200
POST   /webhooks                                        401      403   403       403   201    401
GET    /webhooks                                        401      403   403       403   200    401
GET    /webhooks/{webhook_id}                           401      403   403       403   404    401
PATCH  /webhooks/{webhook_id}                           401      403   403       403   404    401
DELETE /webhooks/{webhook_id}                           401      403   403       403   404    401
POST   /webhooks/{webhook_id}/rotate                    401      403   403       403   404    401
POST   /webhooks/{webhook_id}/test                      401      403   403       403   404    401
POST   /webhooks/{webhook_id}/enable                    401      403   403       403   404    401
GET    /webhooks/{webhook_id}/attempts                  401      403   403       403   404    401
POST   /webhooks/{webhook_id}/messages/{message_id}/redeliver 401 403   403       403   404    401
POST   /webhooks/{webhook_id}/recover                   401      403   403       403   404    401
POST   /webhooks/in/{source}/{key}                      404      404   404       404   404    404
POST   /webhook-sources                                 401      403   403       403   201    401
GET    /webhook-sources                                 401      403   403       403   200    401
DELETE /webhook-sources/{source_id}                     401      403   403       403   404    401
POST   /crm/connections                                 401      403   403       403   201    401
GET    /crm/connections                                 401      403   403       403   200    401
GET    /crm/connections/{connection_id}                 401      403   403       403   404    401
PATCH  /crm/connections/{connection_id}                 401      403   403       403   404    401
DELETE /crm/connections/{connection_id}                 401      403   403       403   404    401
POST   /crm/connections/{connection_id}/sync            401      403   403       403   404    401
GET    /crm/connections/{connection_id}/syncs           401      403   403       403   404    401
GET    /crm/connections/{connection_id}/contacts        401      403   403       403   404    401
"""
BODIES: dict[str, dict[str, Any]] = {
    "PATCH /auth/me": {"display_name": "Me"},
    "DELETE /auth/me": {"password": "wrong"},
    "PUT /auth/me/password": {"current_password": "wrong", "new_password": "quiet harbour 1887"},
    "PUT /auth/me/preferences": {"tags": [{"name": "sea"}]},
    "POST /auth/me/app-passwords": {"name": "e-reader"},
    "PATCH /users/{user_id}": {},
    "POST /invitations": {},
    "PATCH /tenant": {"name": "The Reading Room"},
    "POST /tenants": {"slug": "seaside", "name": "Seaside", "admin_email": "grace@library.test"},
    "PATCH /tenants/{slug}": {"name": "Seaside"},
    "DELETE /tenants/{slug}": {"slug": "main"},
    "POST /tenants/{slug}/grants": {"reason": "Ticket 4711"},
    "POST /auth/tickets": {"purpose": "stream"},
    "POST /auth/password-reset": {"token": "none", "new_password": "quiet harbour 1887"},
    "PUT /books/{book_id}": {"title": "Another"},
    "PATCH /books/{book_id}": {"title": "Another"},
    "POST /ask": {"question": "Who keeps the light?"},
    "PUT /books/{book_id}/summary/feedback": {"helpful": True},
    "PUT /conversations/{conversation_id}/messages/{message_id}/feedback": {"helpful": True},
    "POST /conversations": {},
    "PATCH /conversations/{conversation_id}": {"title": "The light"},
    "POST /conversations/{conversation_id}/messages": {"content": "Who keeps the light?"},
    "POST /agents/{name}/runs": {"input": "What does it cost?"},
    "POST /agents/runs/{run_id}/approve": {},
    "POST /inquiries": {"message": "What does it cost?"},
    "POST /inquiries/batch": {"inquiries": [{"message": "What does it cost?"}]},
    "PATCH /inquiries/{inquiry_id}": {"intent": "sales"},
    "POST /tenants/{slug}/inquiries": {"message": "What does it cost?"},
    "POST /recommendations/feedback": {"book_id": str(uuid4()), "verdict": "have_read"},
    "POST /books/{book_id}/reviews": {"rating": 5, "text": "A book to keep."},
    "PUT /books/{book_id}/reviews/mine": {"rating": 5, "text": "A book to keep."},
    "POST /webhook-sources": {"name": "website"},
    "POST /crm/connections": {"kind": "webhook", "url": "https://crm.example.org/contacts"},
    "PATCH /crm/connections/{connection_id}": {},
    "POST /webhooks": {"url": "https://hooks.example.org/library"},
    "PATCH /webhooks/{webhook_id}": {},
    "POST /webhooks/{webhook_id}/recover": {"since": "2026-05-01T09:00:00Z"},
}
NOBODY = {name: str(uuid4()) for name in ("webhook_id", "message_id", "source_id", "source", "key", "connection_id", "grant_id")}
PARAMETERS = {"GET /search": {"q": "lighthouse"}, "GET /search/suggest": {"q": "light"}}
UPLOADS = {"POST /books": "file", "PUT /books/{book_id}/content": "file", "POST /documents/upload": "files"}
TUS = {
    "Tus-Resumable": "1.0.0",
    "Upload-Length": "9",
    "Upload-Metadata": "filename Ym9vaw==",
    "Content-Type": "application/offset+octet-stream",
}
Policy = dict[str, dict[str, int]]


def read_policy() -> Policy:
    header, *lines = POLICY.strip().splitlines()
    assert tuple(header.split()) == ROLES
    rows = [line.split() for line in lines]
    return {f"{method} {path}": dict(zip(ROLES, map(int, expected), strict=True)) for method, path, *expected in rows}
