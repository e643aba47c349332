"""Which kinds of file the library takes, judged by content while the bytes stream past."""

import re
from enum import StrEnum

from luminalib.domain.binary_formats import advice_for_binary, binary_format
from luminalib.domain.errors import Invalid
from luminalib.domain.other_formats import advice_for, foreign_format
from luminalib.domain.utf16 import utf_16_of

HEAD_BYTES = 4096
_PDF_HEADER = re.compile(rb"%PDF-\d\.\d")
_ZIP_HEADER = b"PK\x03\x04"
_EPUB_MIMETYPE = b"application/epub+zip"
_EPUB_CONTAINER = b"META-INF/container.xml"
_OTHER_PACKAGE = re.compile(rb"PK\x03\x04.{26}mimetype.{0,40}application/vnd\.", re.DOTALL)
"""A package that says what else it is, as InDesign's and OpenDocument's do; they may have such a container, too."""
_UTF_32_BOMS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_TEXT_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", *_UTF_32_BOMS)
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|\?xml)", re.IGNORECASE)
# Control characters that plain text does contain: tab, line feed, form feed, carriage return, backspace, SUB (DOS), and ESC and
# BEL (ANSI terminal sequences).
BINARY_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\f\r\b\x1a\x1b\a")


class MediaType(StrEnum):
    """A kind of book file; the value is its IANA media type."""

    PDF = "application/pdf"
    EPUB = "application/epub+zip"
    TEXT = "text/plain"

    @property
    def extension(self) -> str:
        """The usual file name ending, with its dot."""
        return _EXTENSIONS[self]


_EXTENSIONS = {MediaType.PDF: ".pdf", MediaType.EPUB: ".epub", MediaType.TEXT: ".txt"}


FILE_NAME_MAX = 120
_NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
"""What some system does not take in the name of a file."""


def file_name_of(title: str, kind: MediaType) -> str | None:
    """A title as a file name that every system takes, with the kind's own ending; None when nothing of the title is left."""
    plain = " ".join(_NO_FILE_NAME.sub(" ", title).split()).strip(". ")[:FILE_NAME_MAX].rstrip(". ")
    return plain + kind.extension if plain else None


class UnsupportedMediaType(Invalid):
    """The file is not a PDF, an EPUB or a text file."""

    slug = "unsupported-media-type"


class ContentSniffer:
    """Recognises a file's kind from its bytes, fed in chunks of any size; holds no more than its first 4 KiB.

    The signatures are those of ISO 32000 (a PDF header within the first 1,024 bytes), of EPUB OCF 3.3 (a ZIP whose first entry is
    `mimetype`, or that at least has `META-INF/container.xml`) and, for text, the absence of control characters.
    """

    def __init__(self) -> None:
        self._head = b""
        self._tail = b""
        self._has_container = False

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes of the file."""
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
        if self._head.startswith(_ZIP_HEADER) and not self._has_container:
            window = self._tail + chunk
            self._has_container = _EPUB_CONTAINER in window
            self._tail = window[-len(_EPUB_CONTAINER) :]

    def media_type(self, filename: str) -> MediaType:
        """The kind of the bytes seen so far.

        Raises UnsupportedMediaType when they are of no known kind, or of another kind than a known ending of `filename` claims.
        """
        found = self._recognise()
        claimed = next((kind for kind, ending in _EXTENSIONS.items() if filename.lower().rstrip().endswith(ending)), None)
        if found is MediaType.TEXT and (kind := self._foreign(filename)):
            raise UnsupportedMediaType(f"{filename!r} is {kind}, not a book. {advice_for(kind)}", detected=kind)
        if found is None and (kind := binary_format(self._head, filename)):
            raise UnsupportedMediaType(f"{filename!r} is {kind}. {advice_for_binary(kind)}", detected=kind)
        if found is None:
            raise UnsupportedMediaType(f"{filename!r} is not a PDF, an EPUB or a text file, whatever its name says.")
        if claimed not in (None, found):
            raise UnsupportedMediaType(
                f"{filename!r} is named like {claimed} but its content is {found}. Rename it and send it again.",
                detected=found.value,
            )
        return found

    def _foreign(self, filename: str) -> str | None:
        """What a file of characters is when it is no text for readers."""
        if self._head.startswith(_UTF_32_BOMS):
            encoding = "utf-32"
        else:
            encoding = (utf_16_of(self._head) if b"\0" in self._head else None) or "utf-8"
        head = self._head.decode(encoding, "replace")
        return foreign_format(head, filename, is_whole=len(self._head) < HEAD_BYTES)

    def _recognise(self) -> MediaType | None:
        if self._head.startswith(_ZIP_HEADER):
            is_epub = _EPUB_MIMETYPE in self._head[:128] or (self._has_container and not _OTHER_PACKAGE.match(self._head))
            return MediaType.EPUB if is_epub else None
        header = _PDF_HEADER.search(self._head[:1024])
        if header and not _MARKUP.match(self._head):
            return MediaType.PDF
        return MediaType.TEXT if self._is_text() else None

    def _is_text(self) -> bool:
        if self._head.startswith(_TEXT_BOMS):
            return True
        if BINARY_CONTROLS.intersection(self._head):
            return utf_16_of(self._head) is not None
        return True
