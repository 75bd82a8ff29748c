"""Settings are typed, documented, and say what is wrong with them."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from gis.settings import CHECKOUT, Settings, unknown_names

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def _shown(default: object) -> str:
    if default is None:
        return "unset"
    if isinstance(default, bool):
        return "`on`" if default else "`off`"
    if isinstance(default, Path):
        return f"`{default.relative_to(CHECKOUT)}/` in the checkout"
    return f"`{default}`"


def test_the_document_lists_every_setting_with_its_default_and_its_description() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    expected = [
        f"| `{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    assert rows == expected


def test_every_setting_comes_from_the_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WALL_PORT", "9000")
    monkeypatch.setenv("WALL_SIMULATION", "off")
    monkeypatch.setenv("WALL_VAR", "/srv/wall")
    settings = Settings()
    assert (settings.wall_port, settings.wall_simulation, settings.wall_var) == (
        9000,
        False,
        Path("/srv/wall"),
    )


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert Settings().database_url is None


@pytest.mark.parametrize(
    "name, value",
    [
        ("WALL_PORT", "70000"),
        ("WALL_SIMULATION_SPEED", "0"),
        ("WALL_SESSION_IDLE_S", "soon"),
        ("WALL_SEED", "-1"),
        ("WALL_PROXIES", "nginx"),
        ("DATABASE_URL", "mysql://wall:hush@host/wall"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert refused.value.errors()[0]["loc"] == (name.lower(),)


def test_a_password_in_a_url_does_not_show_when_settings_are_printed() -> None:
    settings = Settings(database_url="postgresql://wall_app:secret@db/wall")
    assert "secret" not in repr(settings)


def test_a_mistyped_name_is_found() -> None:
    assert unknown_names({"WALL_PROT": "1", "WALL_PORT": "2", "HOME": "/"}) == ["WALL_PROT"]
