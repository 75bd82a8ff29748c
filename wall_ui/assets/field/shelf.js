// Where photos lie until they are sent: IndexedDB, for a photo is larger than all that localStorage takes. What is told of a
// photo lies apart from its bytes, so that a list of them does not unfold megabytes.

/** @typedef {import("./photos.js").Photo} Photo */

const NAME = "wall.field";
const TOLD = "photos";
const BYTES = "bytes";

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class Shelf {
  /** @param {IDBFactory} factory @param {string} [name] */
  constructor(factory, name = NAME) {
    this.factory = factory;
    this.name = name;
    /** @type {Promise<IDBDatabase>|null} */
    this.opening = null;
  }

  #open() {
    this.opening ??= new Promise((resolve, reject) => {
      const request = this.factory.open(this.name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(TOLD, { keyPath: "key" });
        request.result.createObjectStore(BYTES);
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return this.opening;
  }

  /**
   * Runs `work` in one transaction, and is done when all of it is on the disk: a full disk says so only then.
   * @template T @param {IDBTransactionMode} mode @param {(told: IDBObjectStore, bytes: IDBObjectStore) => IDBRequest<T>|void} work
   * @returns {Promise<T|void>}
   */
  async #within(mode, work) {
    const transaction = (await this.#open()).transaction([TOLD, BYTES], mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const request = work(transaction.objectStore(TOLD), transaction.objectStore(BYTES));
    const [answer] = await Promise.all([request ? answered(request) : undefined, done]);
    return answer;
  }

  /** @returns {Promise<Photo[]>} oldest first */
  async all() {
    const photos = /** @type {Photo[]} */ (await this.#within("readonly", (told) => told.getAll()));
    return photos.sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  /** Raises what the browser raises when there is no room. @param {Photo} photo @param {ArrayBuffer} bytes */
  async put(photo, bytes) {
    await this.#within("readwrite", (told, all) => {
      told.put(photo);
      all.put(bytes, photo.key);
    });
  }

  /** Writes anew what is told of a photo. @param {Photo} photo */
  async tell(photo) {
    await this.#within("readwrite", (told) => void told.put(photo));
  }

  /** @param {string} key @returns {Promise<ArrayBuffer|undefined>} */
  async bytes(key) {
    return /** @type {ArrayBuffer|undefined} */ (await this.#within("readonly", (_, all) => all.get(key)));
  }

  /** @param {string} key */
  async remove(key) {
    await this.#within("readwrite", (told, all) => {
      told.delete(key);
      all.delete(key);
    });
  }
}
