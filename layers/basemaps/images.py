"""What a tile is made of: only PNG, JPEG and WebP are ever passed on, whatever they call themselves."""

import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from gis.errors import Unavailable

SIGNS: Final = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
# A tile is 256 or 512 pixels wide; what is much larger is none, and would fill the memory.
MOST_PX = 1024


def kind_of(data: bytes) -> str | None:
    """Return the media type of an image that we serve, None for anything else."""
    for sign, kind in SIGNS:
        if data.startswith(sign):
            return kind
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def checked(data: bytes, whose: str) -> bytes:
    """Return `data` if it is an image. Raises Unavailable: empty, or something else."""
    if not data:
        raise Unavailable(f"{whose} gave an empty tile.", code="broken_tile")
    if kind_of(data) is None:
        raise Unavailable(f"{whose} gave a tile that is neither PNG, JPEG nor WebP.", code="broken_tile")
    return data


def opened(data: bytes, whose: str) -> Image.Image:
    """Decode a tile. Raises Unavailable when it is damaged or far too large."""
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        if max(image.size) > MOST_PX:
            raise Unavailable(
                f"{whose} gave a tile of {image.width} × {image.height} pixels.", code="broken_tile"
            )
        return image.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unavailable(f"{whose} gave a damaged tile.", code="broken_tile") from error


def packed(image: Image.Image) -> bytes:
    """Encode a tile: JPEG where nothing shows through, which is a fifth of the size, else PNG."""
    out = io.BytesIO()
    if image.getchannel("A").getextrema() == (255, 255):
        image.convert("RGB").save(out, "JPEG", quality=88)
    else:
        image.save(out, "PNG", compress_level=4)
    return out.getvalue()
