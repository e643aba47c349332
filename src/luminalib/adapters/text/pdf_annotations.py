"""What people have written onto the pages of a PDF: values of form fields, and text in boxes."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2_raw as raw  # type: ignore[import-untyped]

from luminalib.adapters.text.layout import PageLines

_MOST_ANNOTATIONS = 2000
_LONGEST_VALUE = 20_000
_SAME_LINE = 8.0
_UNSEEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW


@contextmanager
def form_of(document: Any) -> Iterator[Any]:
    """What knows the document's form fields; None when it has none."""
    if raw.FPDF_GetFormType(document) == raw.FORMTYPE_NONE:
        yield None
        return
    settings = raw.FPDF_FORMFILLINFO(version=2)
    form = raw.FPDFDOC_InitFormFillEnvironment(document, settings)
    try:
        yield form
    finally:
        if form:
            raw.FPDFDOC_ExitFormFillEnvironment(form)


def is_xfa(document: Any) -> bool:
    """Whether the document is an XFA form, which its pages only stand in for."""
    return raw.FPDF_GetFormType(document) in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND)


def add_annotations(page: Any, form: Any, lines: PageLines) -> None:
    """Puts what was typed into a field beside its label; what stands in no line comes behind the page's text."""
    for number in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            written = _written(annotation, form)
            if written and written not in lines.texts:
                _place(lines, written, annotation)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _written(annotation: Any, form: Any) -> str:
    if raw.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
        return ""
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind == raw.FPDF_ANNOT_FREETEXT:
        return _value(annotation, b"Contents")
    if kind != raw.FPDF_ANNOT_WIDGET or not form:
        return ""
    is_text = raw.FPDFAnnot_GetFormFieldType(form, annotation) in (
        raw.FPDF_FORMFIELD_TEXTFIELD,
        raw.FPDF_FORMFIELD_COMBOBOX,
        raw.FPDF_FORMFIELD_LISTBOX,
    )
    if not is_text:
        return ""
    length = raw.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, length)
    return _decoded(bytes(buffer)[:length])


def _value(annotation: Any, key: bytes) -> str:
    length = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    raw.FPDFAnnot_GetStringValue(annotation, key, buffer, length)
    return _decoded(bytes(buffer)[:length])


def _decoded(data: bytes) -> str:
    return " ".join(data.decode("utf-16-le", "ignore").rstrip("\0").split())[:_LONGEST_VALUE]


def _place(lines: PageLines, written: str, annotation: Any) -> None:
    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, box)
    beside = [
        place
        for place, (x, y) in enumerate(zip(lines.xs, lines.ys, strict=True))
        if x <= box.left and box.bottom - _SAME_LINE <= y <= box.top
    ]
    is_note = raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_FREETEXT
    if beside and not lines.cuts and not is_note:
        place = max(beside)
        lines.texts[place] = f"{lines.texts[place]} {written}"
    else:
        lines.add(written, box.left, box.bottom)
