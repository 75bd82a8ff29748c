"""The small county as a real one: every layer of it imported."""

from collections.abc import Iterator

import pytest

from gis.cluster import ClusterUrls
from layers.demo.build import DemoCounty
from tests.databases import Databases
from tests.layers.importers.ground import bring, whole


@pytest.fixture(scope="session")
def ground_template(databases: Databases, migrated_template: str, small_county: DemoCounty) -> str:
    """The small county as a real one, every layer of it imported."""

    def build(urls: ClusterUrls) -> None:
        report = bring(urls.owner, *whole(small_county))
        assert report.status == "imported", report.as_json()["faults"]

    return databases.template("ground", build, base=migrated_template)


@pytest.fixture
def ground(databases: Databases, ground_template: str) -> Iterator[str]:
    """The owner's URL of a database with the small county in it."""
    with databases.clone(ground_template) as cloned:
        yield cloned.owner
