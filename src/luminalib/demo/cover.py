"""A cover for a work of the shelf: a disc over a striped sea, in colours and at heights that its slug decides."""

import colorsys
import hashlib
import struct
import zlib

_WIDTH = 240
_HEIGHT = 360
_SKY, _SEA, _WAVE, _DISC = range(4)
_PIXELS_PER_BYTE = 4
_STORED_BLOCK = 65535


def render_cover(slug: str) -> bytes:
    """A PNG of four colours, uncompressed, because what deflate writes depends on the machine."""
    seed = hashlib.sha256(slug.encode()).digest()
    rows = b"".join(b"\0" + _row(seed, y) for y in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 2, 3, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", _palette(seed[0] / 256)), (b"IDAT", _stored(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _palette(hue: float) -> bytes:
    shades = [(hue, 0.25, 0.95), (hue + 0.45, 0.55, 0.45), (hue + 0.45, 0.45, 0.6), (hue + 0.1, 0.7, 0.9)]
    return bytes(round(255 * part) for shade in shades for part in colorsys.hsv_to_rgb(shade[0] % 1, *shade[1:]))


def _row(seed: bytes, y: int) -> bytes:
    colours = [_colour(seed, x, y) for x in range(_WIDTH)]
    quads = zip(*[iter(colours)] * _PIXELS_PER_BYTE, strict=True)
    return bytes(a << 6 | b << 4 | c << 2 | d for a, b, c, d in quads)


def _colour(seed: bytes, x: int, y: int) -> int:
    horizon = 180 + seed[1] // 3
    if y >= horizon:
        return _WAVE if (y - horizon) // (6 + seed[2] % 12) % 2 else _SEA
    radius, middle = 30 + seed[3] // 6, 60 + seed[4] * (_WIDTH - 120) // 256
    return _DISC if (x - middle) ** 2 + (y - horizon + seed[5] // 3) ** 2 < radius**2 else _SKY


def _stored(data: bytes) -> bytes:
    """A zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4)."""
    starts = range(0, len(data), _STORED_BLOCK)
    blocks = [(data[at : at + _STORED_BLOCK], at + _STORED_BLOCK >= len(data)) for at in starts]
    body = b"".join(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block for block, last in blocks)
    return b"\x78\x01" + body + struct.pack(">I", zlib.adler32(data))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
