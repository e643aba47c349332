"""Why a file cannot be read, in the codes of `ExtractionFailed`, with what the librarian can do about it."""

from types import MappingProxyType

from luminalib.ports.children import ChildTaskFailed

SENTENCES = MappingProxyType(
    {
        "corrupt": "The file is damaged and cannot be read. Upload an intact copy.",
        "encrypted": "The file needs a password to open. Upload a copy without one.",
        "drm": "The book is locked by digital rights management. Upload a copy that is free of it.",
        "no-text-layer": "The pages are pictures without text. Run the file through OCR and upload the result.",
        "no-letters": "The file's fonts do not tell which letters they draw, so its text cannot be read."
        " Run the file through OCR and upload the result.",
        "xfa-form": "The file is a form that only Adobe Reader can show. Open it there, print it into a new PDF and upload that.",
        "portfolio": "The file is a portfolio, a folder of other files. Take them out and upload each by itself.",
        "no-text": "There are no words in the file. Check that it is the right one.",
        "unsafe-xml": "The file's XML declares entities that could harm a reader. Upload a copy from another source.",
        "limit-pages": "The file has more pages than this library reads. Split it and upload the parts.",
        "limit-text": "The file has more text than this library reads. Split it and upload the parts.",
        "limit-memory": "Reading the file takes more memory than is allowed. Save it anew or split it, then upload it again.",
        "limit-time": "Reading the file takes longer than is allowed. Save it anew or split it, then upload it again.",
        "limit-expanded": "The archive unpacks to more than is allowed. Save the book without oversized parts and upload it again.",
    }
)


def failure(code: str) -> ChildTaskFailed:
    """What a child raises to end an extraction with `code`."""
    return ChildTaskFailed(code, SENTENCES[code])
