"""Photos made fit to be shown: upright, of a sensible size, and without a word of where and with what they were taken.

What the camera wrote of the place is read first and kept apart, as a proposal for whoever handles the case.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageOps

from gis.errors import InvalidInput

# A photo of 48 megapixels is the most that a telephone takes; a file that unfolds to more is a trap.
MOST_PIXELS = 50_000_000
LONGEST_PX, THUMBNAIL_PX = 4096, 360
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 88


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it is served, its thumbnail, and where its camera says that it was taken (longitude, latitude)."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int
    place: tuple[float, float] | None


def clean_photo(path: Path) -> Photo:
    """Return the photo in a file, drawn anew. Raises InvalidInput for one that cannot be read, or is a trap."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise InvalidInput(
                        f"The photo has more than {MOST_PIXELS // 1_000_000} million pixels. Send it smaller.",
                        code="photo_too_large",
                    )
                return _drawn_anew(image)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError, Warning) as error:
        raise InvalidInput("The photo cannot be read; it may be damaged.", code="photo_unreadable") from error


def _drawn_anew(image: Image.Image) -> Photo:
    place = place_of(image.getexif())
    image.draft("RGB", (LONGEST_PX, LONGEST_PX))  # a JPEG is unfolded no larger than it is needed
    upright = ImageOps.exif_transpose(image)
    whole = _flat(upright)
    whole.thumbnail((LONGEST_PX, LONGEST_PX))
    small = whole.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    return Photo(_jpeg(whole), _jpeg(small), whole.width, whole.height, place)


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture in plain colours, on white where it lets something through."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        ground.alpha_composite(seen)
        return ground.convert("RGB")
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    # A fresh image: what was read with the old one (EXIF, XMP, comments, colour profile) stays behind.
    fresh = Image.new("RGB", image.size)
    fresh.paste(image)
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def place_of(exif: Image.Exif) -> tuple[float, float] | None:
    """Return longitude and latitude (WGS 84) from a camera's notes, None where it wrote none that make sense."""
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon, lat) == (0, 0):
        return None
    return round(lon, 6), round(lat, 6)


def _degrees(parts: Any, side: Any, minus: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return -value if side == minus else value
