// The handbook is written by the server in the reader's language; the switch asks for it in the other one.
const COOKIE = "wall_lang";

document.querySelector('[data-place="language"]')?.addEventListener("click", () => {
  const next = document.documentElement.lang === "en" ? "zh" : "en";
  document.cookie = `${COOKIE}=${next}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
});

// A sheet opens the handbook in a tab of its own, and there the way back is to close it. Whoever came by a link in this tab
// goes back along it; the address of the link, one's own screen, is for who came by neither.
document.querySelector('[data-place="back"]')?.addEventListener("click", (event) => {
  const came = document.referrer && new URL(document.referrer);
  const from = came && came.origin === location.origin && came.pathname !== location.pathname && came.pathname !== "/login" ? came.href : null;
  if (!from) return;
  event.preventDefault();
  close();
  // A tab that may not close itself is still here.
  setTimeout(() => location.assign(from), 100);
});
document.documentElement.dataset.drawn = "true";
