"""Floor 1: the layer catalogue, county divisions, roads, cameras and how they are served."""
