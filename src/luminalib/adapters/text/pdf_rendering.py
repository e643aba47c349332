"""A page of a PDF as a picture."""

import ctypes
from typing import Any, NamedTuple

import pypdfium2_raw as raw  # type: ignore[import-untyped]


class Bitmap(NamedTuple):
    """Rows of `stride` bytes, four a pixel: blue, green, red and one that says nothing."""

    width: int
    height: int
    stride: int
    pixels: bytes


def render(document: Any, number: int, size: tuple[int, int], most_points: int) -> Bitmap | None:
    """A page as it is printed on white, at most as large as `size`; None when it is broken or larger than `most_points` a side."""
    page = raw.FPDF_LoadPage(document, number)
    if not page:
        return None
    width, height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    try:
        if not (0 < width <= most_points and 0 < height <= most_points):
            return None
        scale = min(size[0] / width, size[1] / height)
        return _bitmap(page, max(1, int(width * scale)), max(1, int(height * scale)))
    finally:
        raw.FPDF_ClosePage(page)


def _bitmap(page: Any, width: int, height: int) -> Bitmap | None:
    bitmap = raw.FPDFBitmap_Create(width, height, 0)
    if not bitmap:
        return None
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        return Bitmap(width, height, stride, ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * height))
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
