"""The container set-up, as far as it can be held without an engine; scripts/check_image.py runs the image's steps."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gis.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[2]
# The keys that the Compose Specification knows, as far as we would use them.
SERVICE_KEYS = frozenset(
    {
        "build",
        "cap_drop",
        "depends_on",
        "environment",
        "healthcheck",
        "image",
        "ports",
        "read_only",
        "restart",
    }
    | {"security_opt", "shm_size", "tmpfs", "volumes"}
)
HEALTH_KEYS = frozenset({"test", "interval", "timeout", "retries", "start_period"})
DURATION = re.compile(r"\d+(s|m)")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


def test_every_key_and_every_duration_is_one_that_compose_knows(compose: dict[str, Any]) -> None:
    assert set(compose) == {"name", "services", "volumes"}
    for name, service in compose["services"].items():
        assert set(service) <= SERVICE_KEYS, name
        assert set(service.get("healthcheck", {})) <= HEALTH_KEYS, name
        for key in {"interval", "timeout", "start_period"} & set(service.get("healthcheck", {})):
            assert DURATION.fullmatch(service["healthcheck"][key]), f"{name}: {key}"


def test_whoever_is_waited_for_exists_and_says_when_it_is_well(compose: dict[str, Any]) -> None:
    services = compose["services"]
    dockerfile = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            well = "healthcheck" in services[other] or (
                "build" in services[other] and "HEALTHCHECK" in dockerfile
            )
            assert how == {"condition": "service_healthy"}, name
            assert well, f"{name} waits for {other}, which never says that it is well"


def test_every_named_volume_is_declared_and_every_mounted_file_is_there(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert (CHECKOUT / source).is_file() if source.startswith("./") else source in compose["volumes"]


def test_there_is_no_password_in_it_and_a_missing_one_stops_it(compose: dict[str, Any]) -> None:
    passwords = {
        name: value
        for service in compose["services"].values()
        for name, value in service.get("environment", {}).items()
        if "PASSWORD" in name
    }
    assert len(passwords) == 3
    for name, value in passwords.items():
        assert re.fullmatch(rf"\$\{{{name}:\?.+\}}", value), name


def test_every_setting_that_it_gives_the_wall_is_one_that_the_wall_reads(compose: dict[str, Any]) -> None:
    known = {name.upper() for name in Settings.model_fields}
    assert set(compose["services"]["wall"]["environment"]) <= known


def test_nginx_goes_to_the_wall_and_passes_on_what_the_stream_needs(compose: dict[str, Any]) -> None:
    site = (CHECKOUT / "deploy/nginx.conf").read_text(encoding="utf-8")
    port = Settings.model_fields["wall_port"].default
    assert f"server wall:{port};" in site
    assert "wall" in compose["services"]
    for needed in ("proxy_http_version 1.1;", "Upgrade $http_upgrade;", "Host $http_host;"):
        assert needed in site


def test_the_wall_believes_nginx_who_is_behind_it_and_nginx_believes_nobody(compose: dict[str, Any]) -> None:
    # Otherwise all clients are one address: one stranger's guesses would make everybody wait who shares it.
    assert compose["services"]["wall"]["environment"]["WALL_PROXIES"] == "*"
    assert "ports" not in compose["services"]["wall"]
    site = (CHECKOUT / "deploy/nginx.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in site


def test_the_image_copies_every_floor_and_its_files_exist() -> None:
    dockerfile = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    copied = [words.split()[1:-1] for words in re.findall(r"^(COPY (?!--).+)$", dockerfile, re.MULTILINE)]
    named = {name for names in copied for name in names}
    assert {"gis", "layers", "dispatch", "wall_ui"} <= named
    assert all((CHECKOUT / name).exists() for name in named)
