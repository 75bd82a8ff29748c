"""GB/T 28181 codes are read and checked part by part."""

import pytest

from gis.errors import InvalidInput
from layers.camera_codes import CameraCode, parse_camera_code

GOOD = "62082101041313000123"


def test_a_code_is_read_into_its_parts_and_written_back() -> None:
    code = parse_camera_code(GOOD)
    assert code == CameraCode("62082101", "04", "131", "3", 123)
    assert str(code) == GOOD


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        GOOD[:-1],
        GOOD + "0",
        GOOD.replace("131", "118"),
        GOOD.replace("131", "999"),
        "6208210a041313000123",
        "６2082101041313000123",
        "62082101251313000123",
    ],
)
def test_a_wrong_code_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_camera_code(wrong)
    assert refused.value.code == "bad_camera_code"


def test_a_recorder_is_told_apart_from_a_camera() -> None:
    with pytest.raises(InvalidInput, match="recorder"):
        parse_camera_code(GOOD.replace("131", "118"))
