"""GB/T 28181 device codes: 20 digits that say where a device is connected, by whom, and what it is."""

from dataclasses import dataclass

from gis.errors import InvalidInput

CAMERA_TYPES = {"131": "camera", "132": "network camera"}
TYPES = {**CAMERA_TYPES, "118": "recorder", "200": "platform", "215": "group", "216": "virtual organisation"}
# Who feeds the device in (annex D of the standard); 12 to 39 are reserved and 40 to 99 are a province's own.
INDUSTRIES = {
    "00": "public security, streets",
    "01": "public security, communities",
    "02": "public security, premises",
    "03": "public security, other",
    "04": "traffic, roads",
    "05": "traffic, checkpoints",
    "06": "traffic, premises",
    "07": "traffic, other",
    "08": "city management",
    "09": "health and environment",
    "10": "customs",
    "11": "education",
}
POLITICAL_LEGAL_NETWORK = "3"
LENGTH = 20


@dataclass(frozen=True, slots=True)
class CameraCode:
    """The parts of a device code: 8 digits of the centre, 2 industry, 3 type, 1 network, 6 serial."""

    centre: str
    industry: str
    type: str
    network: str
    serial: int

    def __str__(self) -> str:
        return f"{self.centre}{self.industry}{self.type}{self.network}{self.serial:06d}"


def parse_camera_code(text: str) -> CameraCode:
    """Read and check a camera's code. Raises InvalidInput, saying which part is wrong."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()):
        raise InvalidInput(f"{text!r} is not a GB/T 28181 code of 20 digits", code="bad_camera_code")
    code = CameraCode(text[:8], text[8:10], text[10:13], text[13], int(text[14:]))
    if code.type not in CAMERA_TYPES:
        kind = TYPES.get(code.type, "unknown")
        raise InvalidInput(
            f"{text} is of type {code.type} ({kind}), not a camera", code="bad_camera_code", type=code.type
        )
    if code.industry not in INDUSTRIES and code.industry < "40":
        raise InvalidInput(
            f"{text} has the unknown industry {code.industry}", code="bad_camera_code", industry=code.industry
        )
    return code
