"""What is only read, as frozen views of one tenant: one round trip each, outside of any unit of work.

A view shows what was committed when it was asked for. Whoever goes on to write checks again in a unit of work.
"""

from luminalib.ports.views.books import BookViews
from luminalib.ports.views.conversations import ConversationViews
from luminalib.ports.views.crm import CrmViews
from luminalib.ports.views.documents import DocumentViews
from luminalib.ports.views.figures import FigureViews
from luminalib.ports.views.grants import GrantViews
from luminalib.ports.views.holds import HoldViews
from luminalib.ports.views.incoming import SourceViews
from luminalib.ports.views.inquiries import InquiryViews
from luminalib.ports.views.loans import LoanViews
from luminalib.ports.views.notices import NoticeViews
from luminalib.ports.views.one_time_links import InvitationViews
from luminalib.ports.views.passages import PassagesSeen, PassageViews
from luminalib.ports.views.recommendations import ReaderFacts, RecommendationViews
from luminalib.ports.views.reviews import ReviewViews
from luminalib.ports.views.users import UserViews
from luminalib.ports.views.webhooks import WebhookViews

__all__ = [
    "BookViews",
    "ConversationViews",
    "CrmViews",
    "DocumentViews",
    "FigureViews",
    "GrantViews",
    "HoldViews",
    "InquiryViews",
    "InvitationViews",
    "LoanViews",
    "NoticeViews",
    "PassageViews",
    "PassagesSeen",
    "ReaderFacts",
    "RecommendationViews",
    "ReviewViews",
    "SourceViews",
    "UserViews",
    "WebhookViews",
]
