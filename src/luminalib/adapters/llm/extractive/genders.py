"""Which of a text's names are of a man and which of a woman, by the pronouns that stand beside them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from luminalib.adapters.llm.extractive.names import Name
from luminalib.adapters.llm.extractive.reading import Reading
from luminalib.adapters.llm.extractive.words import bare, normal

MALE, FEMALE = "male", "female"
PRONOUNS = {
    **dict.fromkeys(("he", "him", "himself", "his"), MALE),
    **dict.fromkeys(("she", "her", "hers", "herself"), FEMALE),
}
"""English alone: elsewhere things are masculine and feminine, too."""
_TITLES = {
    **dict.fromkeys(("mr", "sir", "lord", "uncle", "king", "prince", "count", "duke"), MALE),
    **dict.fromkeys(("mrs", "miss", "ms", "lady", "aunt", "queen", "princess", "countess", "duchess", "madame"), FEMALE),
}
_LEAST, _CLEARLY = 3, 3
"""As many pronouns, and as many times as many of one kind as of the other."""


def genders_of(reading: Reading, names: Sequence[Name]) -> Mapping[str, str]:
    """For each word of a name that is clearly of a man or of a woman, which; sentences with several persons do not count."""
    if reading.lexicon.code != "en":
        return {}
    people = [name for name in names if name.is_person and not _is_of_two(reading, name)]
    alone = Counter(at for name in people for at in name.sentences)
    known: dict[str, str] = {}
    for name in people:
        counts = Counter(
            gender
            for at in name.sentences
            if alone[at] == 1 and not reading.spoken[at]
            for word in reading.words[at]
            if (gender := PRONOUNS.get(normal(word)))
        )
        for gender, others in ((MALE, counts[FEMALE]), (FEMALE, counts[MALE])):
            if counts[gender] >= max(_LEAST, _CLEARLY * others):
                known.update(dict.fromkeys(name.words, gender))
    return known


def _is_of_two(reading: Reading, name: Name) -> bool:
    """Whether a name is a family's: with titles of men and of women."""
    titles = {
        normal(before)
        for at in name.sentences
        for before, word in pairwise(reading.words[at])
        if bare(word) in name.words and normal(before) in _TITLES
    }
    return len({_TITLES[title] for title in titles}) > 1
