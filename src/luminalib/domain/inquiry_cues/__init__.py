"""The cues that the rules go by: words of English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Swedish.

They are words of the matter, not of particular messages. A cue is one idea with its weight; what stands for it in several
languages is one pattern, written over several lines, and no pattern looks further than a few words.
"""

from collections.abc import Mapping, Sequence

from luminalib.domain.inquiry_cues import other, partnership, sales, support
from luminalib.domain.inquiry_cues.instructions import INSTRUCTIONS
from luminalib.domain.inquiry_cues.patterns import Cue, cues
from luminalib.domain.triage import InquiryIntent

CUES: Mapping[InquiryIntent, Sequence[Cue]] = {
    InquiryIntent.SALES: cues(sales.IDEAS),
    InquiryIntent.SUPPORT: cues(support.IDEAS),
    InquiryIntent.PARTNERSHIP: cues(partnership.IDEAS),
    InquiryIntent.OTHER: cues(other.IDEAS),
}

__all__ = ["CUES", "INSTRUCTIONS"]
