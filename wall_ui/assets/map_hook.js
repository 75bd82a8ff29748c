// The only classic script of ours. Dash loads it after dash-leaflet and before its renderer, so no map is ever built
// without being announced; ES modules load later and would miss the first one.
(function announceMaps() {
  const maps = new Map();
  const waiting = new Map();
  window.wallMaps = {
    /** Resolves with the Leaflet map whose container has this id, now or when Dash builds it. */
    get(id) {
      const found = maps.get(id);
      if (found && found.getContainer().isConnected) return Promise.resolve(found);
      return new Promise((resolve) => {
        waiting.set(id, [...(waiting.get(id) ?? []), resolve]);
      });
    },
  };
  window.L.Map.addInitHook(function announce() {
    const id = this.getContainer().id;
    maps.set(id, this);
    for (const resolve of waiting.get(id) ?? []) resolve(this);
    waiting.delete(id);
  });
})();
