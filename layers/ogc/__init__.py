"""OGC API – Features and Tiles: the layers for QGIS, GDAL and every other GIS program."""
