"""What a model quotes, found in the text that it quotes from."""

import pytest

from luminalib.domain.quotations import quoted


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("the lamp went out", "At night the lamp went out.", "the lamp went out"),
        ("The Lamp\nwent  out.", "At night the lamp\n went out.", "the lamp went out"),
        ('"It\'s dark," she said', "“It\u2019s dark,” she said.", "It\u2019s dark,” she said"),
        ("At night", "At night the lamp went out.", "At night"),
        ("Lamp went out", "In İzmir and İstanbul the lamp went out.", "lamp went out"),
        ("weiß", "Sie WEISS es nicht, er weiß es.", "weiß"),
        ("(a+b)*", "He wrote (a+b)* on the wall.", "(a+b)*"),
        ("the lamp came on", "At night the lamp went out.", ""),
        (" … ", "At night … the lamp went out.", ""),
        ("", "", ""),
    ],
)
def test_a_quotation_is_found_however_it_is_spelt_and_given_as_the_text_has_it(quote: str, text: str, found: str) -> None:
    assert quoted(quote, text) == found
