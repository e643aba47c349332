"""Formats of bytes that the library does not read: what they are, and what somebody who has one can do.

The signatures are those of the formats' own descriptions, as `file(1)` and Apache Tika know them.
"""

import re

_CALIBRE = "Convert it to EPUB, with calibre for example; a copy-protected one cannot be."
_OFFICE = "Open it in the program that it is made for and save or export it as PDF or EPUB."
_UNPACK = "Unpack it and send the books in it."
_ADVICE = {
    "a Kindle book (MOBI, AZW)": _CALIBRE,
    "a FictionBook (FB2)": _CALIBRE,
    "a Microsoft Reader book (LIT)": _CALIBRE,
    "a help file (CHM)": _CALIBRE,
    "a DjVu file": "Convert it to PDF, together with its text.",
    "a comic (CBZ, CBR)": "Its pages are pictures. Run text recognition (OCR) over them and save what comes of it as PDF.",
    "a Word document": _OFFICE,
    "a spreadsheet": _OFFICE,
    "a presentation": _OFFICE,
    "an office document": _OFFICE,
    "an archive": _UNPACK,
    "a picture": "Run text recognition (OCR) over it and save what comes of it as PDF.",
    "a recording": "Send what is said in it as a text file.",
    "a program": "Send what is to be read about it as PDF, EPUB or plain text.",
}
_SIGNATURES: tuple[tuple[str, bytes], ...] = (
    ("a Kindle book (MOBI, AZW)", rb".{60}(?:BOOKMOBI|TEXtREAd)|TPZ[0-3]|CONT\x02\x00|\xeaDRMION\xee"),
    ("a Microsoft Reader book (LIT)", rb"ITOLITLS"),
    ("a help file (CHM)", rb"ITSF\x03"),
    ("a DjVu file", rb"AT&TFORM"),
    ("a FictionBook (FB2)", rb"PK\x03\x04.{26}[^\x00]{1,200}\.fb2"),
    (
        "a Word document",
        rb"PK\x03\x04.*PK\x03\x04.{26}word/|PK\x03\x04.{26}mimetype.{0,40}application/vnd\.(?:oasis|sun)\.[.\w]*(?:text|writer)",
    ),
    ("a spreadsheet", rb"PK\x03\x04.*PK\x03\x04.{26}xl/"),
    ("a presentation", rb"PK\x03\x04.*PK\x03\x04.{26}ppt/"),
    ("an office document", rb"PK\x03\x04.{26}(?:mimetype.{0,40}application/vnd\.|\[Content_Types\]\.xml|Index/)"),
    ("an office document", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\(?:rtf|pwi)|\xdb\xa5-\x00|1\xbe\x00\x00|\xffWPC"),
    (
        "an archive",
        rb"PK(?:\x03\x04|\x05\x06)|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|BZh[1-9]|\xfd7zXZ|\x28\xb5\x2f\xfd|.{257}ustar",
    ),
    ("a picture", rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\x00|MM\x00\*|BM.{4}\x00{4}|8BPS|.{4}ftyp(?:hei|mif1|avif)"),
    ("a recording", rb"ID3[\x02-\x04]|\xff[\xf2\xf3\xfa\xfb]|fLaC|OggS|RIFF.{4}(?:WAVE|AVI )|\x1aE\xdf\xa3|.{4}ftyp"),
    ("a program", rb"MZ|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe"),
)
_KINDS = [(kind, re.compile(signature, re.DOTALL)) for kind, signature in _SIGNATURES]
_USES = {
    "a comic (CBZ, CBR)": "cbz cbr cb7 cbt",
    "a Word document": "doc docx docm dot dotx odt ott fodt sxw",
    "a spreadsheet": "xls xlsx xlsm xlsb ods",
    "a presentation": "ppt pptx pptm pps ppsx odp key",
    "an office document": "pages numbers xps oxps",
}
_BY_ENDING = {ending: kind for kind, endings in _USES.items() for ending in endings.split()}
_WRAPPERS = ("an archive", "an office document")


def advice_for_binary(kind: str) -> str:
    """What somebody can do who has a file of a kind that `binary_format` names."""
    return _ADVICE[kind]


def binary_format(head: bytes, filename: str) -> str | None:
    """What a file is that the library does not read, by its first bytes (4 KiB); None for what nobody knows.

    The name counts where one format has several uses: a comic is an archive, a letter of an older Word an office document.
    """
    found = next((kind for kind, signature in _KINDS if signature.match(head)), None)
    return _BY_ENDING.get(filename.lower().rstrip().rpartition(".")[2], found) if found in _WRAPPERS else found
