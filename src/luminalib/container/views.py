"""The reading ports, on one reader."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

from luminalib.adapters.db.views.books import SqlBookViews
from luminalib.adapters.db.views.conversations import SqlConversationViews
from luminalib.adapters.db.views.crm import SqlCrmViews
from luminalib.adapters.db.views.documents import SqlDocumentViews
from luminalib.adapters.db.views.figures import SqlFigureViews
from luminalib.adapters.db.views.grants import SqlGrantViews
from luminalib.adapters.db.views.holds import SqlHoldViews
from luminalib.adapters.db.views.incoming import SqlSourceViews
from luminalib.adapters.db.views.inquiries import SqlInquiryViews
from luminalib.adapters.db.views.loans import SqlLoanViews
from luminalib.adapters.db.views.notices import SqlNoticeViews
from luminalib.adapters.db.views.one_time_links import SqlInvitationViews
from luminalib.adapters.db.views.passages import SqlPassageViews
from luminalib.adapters.db.views.reader import Reader
from luminalib.adapters.db.views.recommendations import SqlRecommendationViews
from luminalib.adapters.db.views.reviews import SqlReviewViews
from luminalib.adapters.db.views.users import SqlUserViews
from luminalib.adapters.db.views.webhooks import SqlWebhookViews
from luminalib.ports.clock import Clock
from luminalib.ports.views import (
    BookViews,
    ConversationViews,
    CrmViews,
    DocumentViews,
    FigureViews,
    GrantViews,
    HoldViews,
    InquiryViews,
    InvitationViews,
    LoanViews,
    NoticeViews,
    PassageViews,
    RecommendationViews,
    ReviewViews,
    SourceViews,
    UserViews,
    WebhookViews,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Views:
    """The reading ports."""

    books: BookViews
    conversations: ConversationViews
    documents: DocumentViews
    figures: FigureViews
    holds: HoldViews
    inquiries: InquiryViews
    loans: LoanViews
    notices: NoticeViews
    passages: PassageViews
    recommendations: RecommendationViews
    reviews: ReviewViews
    grants: GrantViews
    users: UserViews
    invitations: InvitationViews
    webhooks: WebhookViews
    sources: SourceViews
    crm: CrmViews


def open_views(reader: Reader, stack: AsyncExitStack, clock: Clock) -> Views:
    """Makes them; statements are prepared beside."""
    books = SqlBookViews(reader, clock)
    preparing = asyncio.create_task(asyncio.to_thread(books.prepare), name="prepare-statements")
    stack.push_async_callback(asyncio.wait_for, preparing, None)
    return Views(
        books=books,
        conversations=SqlConversationViews(reader),
        documents=SqlDocumentViews(reader),
        figures=SqlFigureViews(reader),
        holds=SqlHoldViews(reader),
        inquiries=SqlInquiryViews(reader),
        loans=SqlLoanViews(reader),
        notices=SqlNoticeViews(reader),
        passages=SqlPassageViews(reader),
        recommendations=SqlRecommendationViews(reader),
        reviews=SqlReviewViews(reader),
        grants=SqlGrantViews(reader),
        users=SqlUserViews(reader),
        invitations=SqlInvitationViews(reader),
        webhooks=SqlWebhookViews(reader),
        sources=SqlSourceViews(reader),
        crm=SqlCrmViews(reader),
    )
