"""Encodings from before Unicode: those of East Asia told by their characters, those of a language by its name."""

import codecs
from contextlib import suppress
from types import MappingProxyType

_LEAST_SHARE = 0.15
_MOST_REPLACED = 0.02
_COMMON = 0.75
_KANA = 0.2
_FEW = 40
_PAIRS = "luminalib-pairs"
EAST_ASIAN = frozenset(("euc_jp", "cp932", "shift_jis", "euc_kr", "cp949", "gb18030", "gbk", "gb2312", "big5"))
_BY_LANGUAGE = MappingProxyType(
    {
        **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "sr"), "cp1251"),
        **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "hr", "sl", "sq", "bs"), "cp1250"),
        **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
        **dict.fromkeys(("ar", "fa", "ur"), "cp1256"),
        "el": "cp1253",
        "tr": "cp1254",
        "az": "cp1254",
        "he": "cp1255",
        "yi": "cp1255",
        "vi": "cp1258",
        "th": "cp874",
        "ja": "cp932",
        "zh": "gb18030",
        "ko": "cp949",
    }
)


def decode_pairs(data: bytes, encoding: str) -> str:
    """Text in an East Asian encoding; a byte that is wrong costs the character that it is half of, and none behind it."""
    return data.decode(encoding, _PAIRS)


def _skip_pair(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    after = error.object[error.start + 1 : error.start + 2]
    return "\ufffd", error.start + (2 if after and after[0] >= 0x80 else 1)  # noqa: PLR2004 -- beyond ASCII


codecs.register_error(_PAIRS, _skip_pair)


_PLAIN_BYTE = "luminalib-plain-byte"
# What PDFDocEncoding has at 0x80 to 0x9E and at 0xA0 (ISO 32000-2, annex D.2).
_PDF_DOC = str.maketrans(
    {character: chr(0x80 + at) for at, character in enumerate("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž")} | {"€": "\xa0"}  # noqa: RUF001
)


def _as_its_number(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError) or error.object[error.start] > "\xff":
        raise error
    return error.object[error.start].encode("latin-1"), error.start + 1


codecs.register_error(_PLAIN_BYTE, _as_its_number)


_ASCII = frozenset(map(chr, range(128)))
_FIRST_CYRILLIC, _LEAST_CYRILLIC = 0x80, 10
_FREQUENT_CYRILLIC, _CYRILLIC_SHARE = frozenset("оеаинтсрвлк"), 0.58
_BEGINNING, _LONGEST_SIGN = 65_536, 8


def encoded_once(text: str, *, of_pdf: bool = False) -> str | None:
    """What a text was before its UTF-8 was taken for Windows-1252, or `of_pdf` for PDFDocEncoding ("Ã©"); None where it was not.

    Bytes that another encoding meant are hardly ever whole UTF-8, so what can be taken back was done.
    """
    if text.isascii():
        return None
    if len(text) > _BEGINNING:
        begun = text[:_BEGINNING].rstrip("".join(set(text[_BEGINNING - _LONGEST_SIGN : _BEGINNING]) - _ASCII))
        if not begun.isascii() and encoded_once(begun, of_pdf=of_pdf) is None:
            return None  # what was done to the whole was done to its beginning
    for written in (text.translate(_PDF_DOC), text) if of_pdf else (text,):
        with suppress(UnicodeError):
            return written.encode("cp1252", _PLAIN_BYTE).decode("utf-8")
    return None


def legacy_encoding(language: str | None) -> str | None:
    """What texts of a language were mostly stored in; None for Western ones and where no language is named."""
    return _BY_LANGUAGE.get(language or "")


def cyrillic_encoding(sample: bytes) -> str | None:
    """The encoding in which a text without a letter of ASCII is of the most frequent letters of Cyrillic, capitals in front only.

    That much a single sentence tells, of which statistics of bytes tell nothing.
    """
    letters = sum(byte >= _FIRST_CYRILLIC for byte in sample)
    if letters < _LEAST_CYRILLIC or any(chr(byte).isalpha() for byte in sample if byte < 0x80):  # noqa: PLR2004 -- ASCII
        return None
    for encoding in ("cp1251", "koi8-r", "cp866"):
        words = "".join(sign if sign.isalpha() else " " for sign in sample.decode(encoding, "replace")).split()
        text = "".join(words)
        is_cased = all(word[1:].islower() for word in words if word[1:])
        if is_cased and sum(sign in _FREQUENT_CYRILLIC for sign in text.lower()) >= _CYRILLIC_SHARE * len(text):
            return encoding
    return None


def east_asian_encoding(sample: bytes) -> str | None:
    """The encoding in which a text is of common Chinese, Japanese or Korean characters; some bytes may be wrong.

    Two bytes make such a character. Text of an alphabet has words of odd length between spaces: read in pairs it breaks.
    """
    high = sum(byte >= 0x80 for byte in sample)  # noqa: PLR2004 -- beyond ASCII
    if high < _LEAST_SHARE * len(sample):
        return None
    scores = {name: _score(sample, name) for name in ("euc_jp", "cp932", "euc_kr", "gb18030", "big5")}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= _COMMON else None


def _score(sample: bytes, encoding: str) -> float:
    """The share of common characters among those beyond ASCII; 0 where too many bytes make none."""
    text = decode_pairs(sample, encoding)
    beyond = [character for character in text if character > "\x7f" and not _is_punctuation(character)]
    allowed = max(1, _MOST_REPLACED * len(beyond)) if len(beyond) > _FEW else 0
    if not beyond or text.count("\ufffd") > allowed:
        return 0.0
    if encoding in ("euc_jp", "cp932"):
        kana = sum("\u3040" <= character <= "\u30ff" for character in beyond) / len(beyond)
        return (kana + sum(_is_common(c, "euc_jp", 0xB0, 0xCF) for c in beyond) / len(beyond)) if kana >= _KANA else 0.0
    if encoding == "euc_kr":
        return sum("\uac00" <= character <= "\ud7a3" for character in beyond) / len(beyond)
    return sum(_is_common(c, *(("gb2312", 0xB0, 0xD7) if encoding == "gb18030" else ("big5", 0xA4, 0xC6))) for c in beyond) / len(
        beyond
    )


def _is_punctuation(character: str) -> bool:
    return "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef" or "\u2010" <= character <= "\u2026"


def _is_common(character: str, encoding: str, first: int, last: int) -> bool:
    """Whether a character is of the first level of its standard, which holds those that texts are made of."""
    try:
        written = character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return len(written) > 1 and first <= written[0] <= last
