"""Vector tiles on the short way: a plain request for one tile, of somebody who may come in, is answered in bytes.

A map asks for dozens of tiles at a time, and of what the ordinary way costs nine tenths are spent before any tile is
looked for. Here a request is read by one expression, and only where nothing about it is unusual: no body, no query,
no header twice. **Nobody is refused here.** Whatever is not plain, whoever is not known, every error and every
notice of use get None and take the ordinary way, through the gate and the routes, which alone say no. What is
answered is, byte for byte, what the ordinary way answers; a test compares them.
"""

import re
from dataclasses import dataclass

from starlette.datastructures import Headers, State

from dispatch.actions.accounts import SEEN_EVERY
from dispatch.api.gate import HEADERS, Credential, credential_of
from dispatch.identities import Identities, Identity
from gis.clock import now
from layers.api import CACHE_CONTROL, VARY, has_already, wanted_encoding
from layers.ogc import tile_matrix
from layers.ogc.collections import COLLECTIONS, Collection
from layers.ogc.documents import MVT
from layers.ogc.tile_matrix import Tile
from layers.ogc.vector_tiles import vector_tiles
from layers.served import Packed

BEGINS = b"GET /ogc/"
_NUMBER = rb"(0|[1-9][0-9]{0,8})"
_PLAIN = re.compile(
    rb"GET /ogc/(?:collections/([a-z]{1,32})/)?tiles/"
    + tile_matrix.NAME.encode()
    + rb"/" + _NUMBER + rb"/" + _NUMBER + rb"/" + _NUMBER
    + rb" HTTP/1\.1\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e]*\r\n)+)\r\n"
)  # fmt: skip
# These change how a request is read or answered.
_UNUSUAL = frozenset(
    {b"content-length", b"transfer-encoding", b"upgrade", b"expect", b"trailer", b"te", b"range"}
)

_ALWAYS = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())


@dataclass(frozen=True, slots=True)
class Asked:
    """A plain request for one tile."""

    collections: tuple[Collection, ...]
    place: Tile
    credential: Credential
    encoding: str
    if_none_match: str


def asked(data: bytes) -> Asked | None:
    """Read a request; None where it is not plain, or not whole."""
    plain = _PLAIN.fullmatch(data)
    headers = _headers(plain[5]) if plain else None
    if plain is None or headers is None:
        return None
    credential = credential_of(headers)
    place = tile_matrix.inside(int(plain[2]), int(plain[3]), int(plain[4]))
    name = plain[1].decode() if plain[1] else None
    if credential is None or place is None or not (name is None or name in COLLECTIONS):
        return None
    return Asked(
        tuple(COLLECTIONS.values()) if name is None else (COLLECTIONS[name],),
        place,
        credential,
        wanted_encoding(headers.get("accept-encoding", "")),
        headers.get("if-none-match", ""),
    )


def _headers(block: bytes) -> Headers | None:
    """Read the lines of headers; None where one is unusual."""
    found: dict[bytes, bytes] = {}
    for line in block.split(b"\r\n")[:-1]:
        name, _, value = line.partition(b":")
        name = name.lower()
        if name in found or name in _UNUSUAL:
            return None
        found[name] = value.strip(b" \t")
    if b"host" not in found or found.get(b"connection", b"keep-alive").lower() != b"keep-alive":
        return None
    return Headers(raw=list(found.items()))


def at_once(state: State, one: Asked) -> bytes | None:
    """Return the answer where everything is in memory: the identity, and a tile of today's data."""
    identities: Identities = state.identities
    identity = identities.known(one.credential.secret, now(), is_token=one.credential.is_token)
    if identity is None or _to_be_noted(identity) or getattr(state, "areas", None) is None:
        return None
    packed = vector_tiles(state).kept_tile(one.collections, one.place, identity.actor)
    ready = packed is not None and (packed.count == 0 or not one.encoding or one.encoding in packed.encoded)
    return _framed(packed, one) if packed is not None and ready else None


async def soon(state: State, one: Asked) -> bytes | None:
    """Identify whoever asks and draw the tile; None sends him the ordinary way. Raises WallError."""
    identities: Identities = state.identities
    find = identities.of_token if one.credential.is_token else identities.of_session
    identity = await find(one.credential.secret, now()) if one.credential.secret else None
    if identity is None or _to_be_noted(identity):
        return None
    packed = await vector_tiles(state).tile(one.collections, one.place, identity.actor)
    if packed.count:
        await packed.encoded_soon(one.encoding)
    return _framed(packed, one)


def _to_be_noted(identity: Identity) -> bool:
    """Say whether the gate would write down that this session is in use."""
    return identity.last_seen_at is not None and now() - identity.last_seen_at > SEEN_EVERY


def _framed(packed: Packed, one: Asked) -> bytes:
    """Write an answer as it goes out, but for the first line's date and name of the server."""
    told = f"etag: {packed.etag}\r\ncache-control: {CACHE_CONTROL}\r\n"
    if has_already(one.if_none_match, packed.etag):
        return f"HTTP/1.1 304 Not Modified\r\n{told}vary: {VARY}\r\n{_ALWAYS}\r\n".encode()
    if packed.count == 0:
        return f"HTTP/1.1 204 No Content\r\n{told}{_ALWAYS}\r\n".encode()
    body = packed.encode(one.encoding)
    packing = f"content-encoding: {one.encoding}\r\n" if one.encoding else ""
    head = (
        f"HTTP/1.1 200 OK\r\n{told}vary: {VARY}\r\n{packing}content-length: {len(body)}\r\n"
        f"content-type: {MVT}\r\n{_ALWAYS}\r\n"
    )
    return head.encode() + body
