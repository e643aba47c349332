"""What readers say to what the library writes: its summaries and its answers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import ConfigDict, Field, Strict

from luminalib.api.deps import PrincipalDep, ServicesDep
from luminalib.api.fields import Body
from luminalib.api.problems import documented
from luminalib.domain.books import BookNotFound
from luminalib.domain.conversations import ConversationNotFound, MessageNotFound
from luminalib.domain.errors import Unauthenticated
from luminalib.domain.feedback import NothingToJudge

router = APIRouter()


class HelpfulBody(Body):
    """Whether it helped."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"helpful": True}]})
    helpful: Annotated[bool, Strict()] = Field(description="Whether it helped you.", examples=[True])


@router.put(
    "/books/{book_id}/summary/feedback",
    status_code=204,
    tags=["books"],
    responses=documented(Unauthenticated, BookNotFound, NothingToJudge),
)
async def judge_summary(book_id: UUID, body: HelpfulBody, by: PrincipalDep, services: ServicesDep) -> None:
    """Says whether a summary helped you, in place of what you said before; admins see how versions of prompts compare."""
    await services.feedback.judge_summary(by, str(book_id), is_helpful=body.helpful)


@router.put(
    "/conversations/{conversation_id}/messages/{message_id}/feedback",
    status_code=204,
    tags=["conversations"],
    responses=documented(Unauthenticated, ConversationNotFound, MessageNotFound, NothingToJudge),
)
async def judge_answer(conversation_id: UUID, message_id: UUID, body: HelpfulBody, by: PrincipalDep, services: ServicesDep) -> None:
    """Says whether an answer helped you, in place of what you said before; admins see how versions of prompts compare."""
    await services.feedback.judge_answer(by, str(conversation_id), str(message_id), is_helpful=body.helpful)
