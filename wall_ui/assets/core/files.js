// Sends a file to a case. The same file sent twice is kept once, so a retry after a broken line does no harm.

/** What a browser offers to choose from; the server looks into the file itself. */
export const ACCEPTED = "image/jpeg,image/png,image/webp,audio/*,application/pdf,.docx,.xlsx";

/** The files that were dropped or pasted, none for words. @param {DataTransfer|null} transfer @returns {File[]} */
export function filesOf(transfer) {
  return [...(transfer?.files ?? [])];
}

/** A file's size in words. @param {number} bytes */
export function sizeInWords(bytes) {
  return bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

/** @param {import("./api.js").Api} api @param {string} id @param {File} file @returns {Promise<any>} */
export async function sendFile(api, id, file) {
  const name = encodeURIComponent((file.name || "photo.jpg").slice(-120));
  return (await api.upload(`/api/cases/${id}/attachments?name=${name}`, file)).attachment;
}
