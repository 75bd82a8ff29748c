// Photos that were taken and are not yet with their case. Each is on the phone's disk before it is sent, so that neither a dead
// spot nor a reload loses it; the server keeps the same file once, so that a try whose answer was lost does no harm.
import { newKey } from "../core/api.js";
import { AGAIN } from "./outbox.js";

/**
 * @typedef {object} Photo
 * @property {string} key
 * @property {string} owner account that may send it
 * @property {string} case_id
 * @property {string} number of the case, for people
 * @property {string} name
 * @property {string} type
 * @property {number} size in bytes
 * @property {string} at when it was taken
 * @property {{code: string, detail: string}} [refused] why the server will never take it
 */

/**
 * @typedef {object} Shelved what is asked of the shelf
 * @property {() => Promise<Photo[]>} all
 * @property {(photo: Photo, bytes: ArrayBuffer) => Promise<void>} put
 * @property {(photo: Photo) => Promise<void>} tell
 * @property {(key: string) => Promise<ArrayBuffer|undefined>} bytes
 * @property {(key: string) => Promise<void>} remove
 */

export class Photos extends EventTarget {
  /** @param {{shelf: Shelved, owner: string, send: (photo: Photo, file: File) => Promise<any>, now?: () => number}} parts */
  constructor({ shelf, owner, send, now = Date.now }) {
    super();
    this.shelf = shelf;
    this.owner = owner;
    this.send = send;
    this.now = now;
    /** @type {Photo[]} of this owner, oldest first */
    this.photos = [];
    /** @type {Promise<boolean>|null} */
    this.flushing = null;
  }

  /** Learns what is on the shelf. Where a browser has none, or forbids it, there is nothing to learn. */
  async look() {
    try {
      this.photos = (await this.shelf.all()).filter((photo) => photo.owner === this.owner);
    } catch (error) {
      console.warn("photos", error);
    }
    this.#changed();
  }

  get waiting() {
    return this.photos.filter((photo) => !photo.refused);
  }

  get refused() {
    return this.photos.filter((photo) => photo.refused);
  }

  /** How many bytes lie here. */
  get size() {
    return this.photos.reduce((sum, photo) => sum + photo.size, 0);
  }

  /** What waits for one case. @param {string} case_id */
  of(case_id) {
    return this.waiting.filter((photo) => photo.case_id === case_id);
  }

  /**
   * Lays a photo on the shelf. Raises what the shelf raises: where there is no room, the person must hear of it.
   * @param {{id: string, number: string}} record @param {File} file
   */
  async add(record, file) {
    const photo = { key: newKey(), owner: this.owner, case_id: record.id, number: record.number, name: file.name || "photo.jpg", type: file.type, size: file.size, at: new Date(this.now()).toISOString() };
    await this.shelf.put(photo, await file.arrayBuffer());
    this.photos.push(photo);
    this.#changed();
    return photo;
  }

  /** Takes a photo off the shelf, sent or not. @param {string} key */
  async drop(key) {
    await this.shelf.remove(key);
    this.photos = this.photos.filter((photo) => photo.key !== key);
    this.#changed();
  }

  /** Sends what waits, in order. @returns {Promise<boolean>} whether nothing is left to send */
  flush() {
    this.flushing ??= this.#flush().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  async #flush() {
    try {
      return await this.#sendAll();
    } catch (error) {
      // A shelf that fails between two photos: the next try begins anew.
      console.warn("photos", error);
      return false;
    }
  }

  async #sendAll() {
    for (let [photo] = this.waiting; photo; [photo] = this.waiting) {
      const bytes = await this.shelf.bytes(photo.key);
      // Another page of this phone has sent it.
      if (!bytes) {
        await this.drop(photo.key);
        continue;
      }
      try {
        await this.send(photo, new File([bytes], photo.name, { type: photo.type }));
        await this.drop(photo.key);
        this.dispatchEvent(new CustomEvent("sent", { detail: photo }));
      } catch (error) {
        const { status = 0, code = "unknown", detail = "" } = /** @type {any} */ (error);
        if (AGAIN.has(status) || code === "forged") return false;
        await this.#refuse(photo, { code, detail });
      }
    }
    return true;
  }

  /** @param {Photo} photo @param {{code: string, detail: string}} refused */
  async #refuse(photo, refused) {
    const told = { ...photo, refused };
    this.photos = this.photos.map((one) => (one.key === photo.key ? told : one));
    await this.shelf.tell(told);
    this.#changed();
    this.dispatchEvent(new CustomEvent("refused", { detail: told }));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
