"""Layers on the wire: built once for each scope, packed once for each encoding, then served from memory."""

import asyncio
import base64
import gzip
import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from sqlalchemy import select

from gis.actor import SYSTEM, Actor
from gis.database import Database
from gis.errors import NotFound
from layers.areas import AreaIndex
from layers.called import Called
from layers.catalogue import LAYERS, Feature, area_features, simplified_levels
from layers.latin import in_english
from layers.tables import LENGTH_OF_LEVEL, data_sets, reliefs

KEPT_SCOPES = 64
# Better packing costs seconds of a core and saves a few percent.
GZIP_LEVEL, BROTLI_QUALITY = 6, 5
# For what somebody waits for: a fifth of the time, and a tenth larger.
HASTY_LEVEL = 3
# Handing it to a thread takes as long as packing so much.
PACKED_AT_ONCE_BYTES = 16_384
ENCODINGS = ("br", "gzip") if find_spec("brotli") else ("gzip",)
EVERYBODY = ("", "")
Language = Literal["zh", "en"]


@dataclass(slots=True)
class Packed:
    """One document, and what it looks like in each encoding that was asked for."""

    plain: bytes
    count: int
    hasty: bool = False
    etag: str = ""
    encoded: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Weak, because the same tag stands for every encoding of the document.
        self.etag = f'W/"{hashlib.sha256(self.plain).hexdigest()[:20]}"'

    def encode(self, encoding: str) -> bytes:
        """Return the document in an encoding of ENCODINGS, or plain."""
        if encoding not in ENCODINGS:
            return self.plain
        if encoding not in self.encoded:
            self.encoded[encoding] = _compressed(self.plain, encoding, hasty=self.hasty)
        return self.encoded[encoding]

    async def encoded_soon(self, encoding: str) -> bytes:
        """Return the document in an encoding; a long one is packed beside the event loop, which others need."""
        if encoding in self.encoded or len(self.plain) < PACKED_AT_ONCE_BYTES:
            return self.encode(encoding)
        return await asyncio.to_thread(self.encode, encoding)


def _compressed(plain: bytes, encoding: str, *, hasty: bool) -> bytes:
    if encoding == "br":
        # It is optional: every browser takes gzip as well.
        quality = HASTY_LEVEL if hasty else BROTLI_QUALITY
        packed: bytes = import_module("brotli").compress(plain, quality=quality)
        return packed
    return gzip.compress(plain, HASTY_LEVEL if hasty else GZIP_LEVEL, mtime=0)


def packed_json(value: Any, count: int = 1) -> Packed:
    """Pack any value as compact JSON."""
    return Packed(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), count)


def _collection(features: list[Feature]) -> Packed:
    return packed_json({"type": "FeatureCollection", "features": features}, len(features))


def _relief(row: dict[str, Any]) -> dict[str, Any]:
    """Heights go out as `steps` from what is left of and above them, modulo 256: half as many bytes when packed."""
    heights = np.frombuffer(row.pop("heights"), np.uint8).reshape(row["height"], row["width"])
    steps = np.diff(np.diff(heights, axis=1, prepend=np.uint8(0)), axis=0, prepend=np.uint8(0))
    return {**row, "steps": base64.b64encode(steps.astype(np.uint8).tobytes()).decode()}


Key = tuple[str, str, str]  # layer, and the range of area codes that its readers see


class ServedLayers:
    """The cache of one process. `forget` it when the data changes."""

    def __init__(self, db: Database, index: AreaIndex) -> None:
        self.db, self.index = db, index
        self._public: dict[Key, Packed] = {}
        self._scoped: OrderedDict[Key, Packed] = OrderedDict()
        self._building = asyncio.Lock()
        # Counts how often the data changed: other caches of the same layers compare it.
        self.generation = 0

    def forget(self) -> None:
        """Build everything anew at the next request."""
        self.generation += 1
        self._public.clear()
        self._scoped.clear()

    @staticmethod
    def names() -> tuple[str, ...]:
        """All layers, areas first."""
        return (*LENGTH_OF_LEVEL, *LAYERS)

    async def layer(self, name: str, actor: Actor) -> Packed:
        """Return a layer as this actor may see it. Raises NotFound, Unavailable."""
        if name not in self.names():
            known = ", ".join(self.names())
            raise NotFound(f"There is no layer {name!r}; there are {known}.", code="unknown_layer")
        if name in LAYERS and LAYERS[name].scoped:
            return await self._for_scope((name, *actor.range), actor)
        key = (name, *EVERYBODY)
        if key not in self._public:
            async with self._building:
                if key not in self._public:
                    self._public |= await self._public_documents(name)
        return self._public[key]

    async def warm(self, actor: Actor) -> None:
        """Build and pack every layer as `actor` will be shown it, so that no screen has to wait for that."""
        for name in self.names():
            document = await self.layer(name, actor)
            await document.encoded_soon(ENCODINGS[0])
        await (await self.relief()).encoded_soon(ENCODINGS[0])

    async def names_of_areas(self, language: Language = "zh") -> Packed:
        """Return what every area is or was called, by code; the divisions are public to all actors of the county."""
        key = (f"names {language}", *EVERYBODY)
        if key not in self._public:
            self._public[key] = await asyncio.to_thread(self._names, language)
        return self._public[key]

    def _names(self, language: Language) -> Packed:
        everyone = {**self.index.retired, **self.index.by_code}
        names = {code: area.name for code, area in everyone.items()}
        if language == "en":
            names = {code: in_english(name) for code, name in names.items()}
        return packed_json(names)

    async def names_of_things(self, name: str, actor: Actor) -> Packed:
        """Return what the things of a layer are called in English, by their names; areas have names of their own.

        Raises NotFound, Unavailable.
        """
        layer = await self.layer(name, actor)
        scoped = name in LAYERS and LAYERS[name].scoped
        known = self._scoped if scoped else self._public
        key = (f"{name} in English", *(actor.range if scoped else EVERYBODY))
        if key not in known:
            known[key] = await asyncio.to_thread(self._names_of, layer)
        return known[key]

    def _names_of(self, layer: Packed) -> Packed:
        called = Called(area.name for area in self.index.by_code.values())
        features = json.loads(layer.plain)["features"]
        names = dict.fromkeys(feature["properties"]["name"] for feature in features)
        return packed_json({name: called.in_english(name) for name in names if name})

    async def relief(self) -> Packed:
        """Return the heights of a demonstration county's land; of a real one nothing is known, and nothing invented."""
        key = ("relief", *EVERYBODY)
        if key not in self._public:
            columns = [column for column in reliefs.c if column is not reliefs.c.data_set_id]
            wanted = select(*columns).join(data_sets).where(data_sets.c.demonstration)
            async with self.db.read(SYSTEM) as tx:
                row = (await tx.execute(wanted.limit(1))).mappings().first()
            self._public[key] = packed_json({"relief": row and _relief(dict(row))})
        return self._public[key]

    async def _for_scope(self, key: Key, actor: Actor) -> Packed:
        """Row-level security decides what is in it; those with the same range share it."""
        if key not in self._scoped:
            self._scoped[key] = await self._read(key[0], actor)
        self._scoped.move_to_end(key)
        document = self._scoped[key]
        while len(self._scoped) > KEPT_SCOPES:
            self._scoped.popitem(last=False)
        return document

    async def _public_documents(self, name: str) -> dict[Key, Packed]:
        """One layer, or all four levels of areas at once: they are simplified together."""
        if name in LENGTH_OF_LEVEL:
            levels = await asyncio.to_thread(self._levels)
            return {(level, *EVERYBODY): packed for level, packed in levels.items()}
        return {(name, *EVERYBODY): await self._read(name, SYSTEM)}

    async def _read(self, name: str, actor: Actor) -> Packed:
        async with self.db.read(actor) as tx:
            features = await LAYERS[name].read(tx, self.index)
        return await asyncio.to_thread(_collection, features)

    def _levels(self) -> dict[str, Packed]:
        levels = simplified_levels(self.index)
        return {
            level: _collection(area_features(self.index, level, shapes)) for level, shapes in levels.items()
        }
