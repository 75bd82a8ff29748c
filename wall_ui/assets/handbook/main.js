// The handbook is written by the server in the reader's language; the switch asks for it in the other one.
const COOKIE = "wall_lang";

document.querySelector('[data-place="language"]')?.addEventListener("click", () => {
  const next = document.documentElement.lang === "en" ? "zh" : "en";
  document.cookie = `${COOKIE}=${next}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
});
document.documentElement.dataset.drawn = "true";
