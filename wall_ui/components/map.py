"""The map: Leaflet by dash-leaflet, without tiles; our own canvas layers draw all there is (assets/map/)."""

from typing import Any

import dash_leaflet as dl

from wall_ui.components.element import element

# Somewhere inside China until the county's outline has come; never shown.
START = (35.3, 107.4)


def county_map(map_id: str = "map") -> Any:
    """Return the map element; `createMap(app, map_id)` in assets/map/map.js brings it to life."""
    leaflet = dl.MapContainer(
        id=map_id,
        center=START,
        zoom=10,
        minZoom=8,
        maxZoom=18,
        zoomSnap=0,
        zoomDelta=0.5,
        wheelPxPerZoomLevel=120,
        zoomControl=False,
        attributionControl=False,
        doubleClickZoom=False,
        keyboard=False,
    )
    return element("Div", leaflet, css="map")
