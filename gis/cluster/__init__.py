"""The embedded default: a private PostgreSQL + PostGIS cluster, reached by a local socket, without port or password.

`with running_cluster(var_dir) as urls:` is all that the rest of the product needs of it.
"""

from gis.cluster.binaries import ClusterError
from gis.cluster.life import running_cluster
from gis.cluster.prepare import prepare_database, prepare_roles
from gis.cluster.urls import APP_ROLE, DATABASE, OWNER_ROLE, ClusterUrls

__all__ = [
    "APP_ROLE",
    "DATABASE",
    "OWNER_ROLE",
    "ClusterError",
    "ClusterUrls",
    "prepare_database",
    "prepare_roles",
    "running_cluster",
]
