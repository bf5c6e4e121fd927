// Menus are <details>: they work without this file. With it a click elsewhere or Esc closes them, and dialogs of the
// browser ask before an act marked with data-ask.
(function () {
  "use strict";
  function close(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except && !menu.contains(except)) { menu.removeAttribute("open"); }
    });
  }
  document.addEventListener("click", function (event) { close(event.target.closest("details.menu") || event.target); });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    var open = document.querySelector("details.menu[open]");
    if (open) { open.removeAttribute("open"); open.querySelector("summary").focus(); }
  });
  document.addEventListener("submit", function (event) {
    var words = event.target.getAttribute("data-ask") || (event.submitter && event.submitter.getAttribute("data-ask"));
    if (words && !window.confirm(words)) { event.preventDefault(); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
    var copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.getAttribute("data-copy")).then(function () {
        copy.classList.add("is-copied");
        window.setTimeout(function () { copy.classList.remove("is-copied"); }, 1600);
      });
    }
  });
}());
