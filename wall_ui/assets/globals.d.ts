/** What classic scripts leave on the window: Leaflet by dash-leaflet, its maps by map_hook.js, the wall for tests. */
interface Window {
  L: any;
  wallMaps: { get(id: string): Promise<any> };
  wall: any;
}
