// Menus are <details>: they work without this file. With it a click elsewhere or Esc closes them, and dialogs of the
// browser ask before an act marked with data-ask. The button of a file input speaks the browser's language, so ours stands
// in its place; the input itself stays for the keyboard and for readers of the screen.
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
  document.querySelectorAll("input[type=file]").forEach(function (input) {
    var pick = document.createElement("span");
    pick.className = "file-pick";
    pick.setAttribute("aria-hidden", "true");
    var button = document.createElement("span");
    button.className = "btn btn-secondary";
    button.textContent = "选择文件";
    var name = document.createElement("span");
    name.className = "file-name";
    function tell() {
      var files = Array.prototype.slice.call(input.files);
      name.textContent = files.length ? files.map(function (file) { return file.name; }).join("、") : "还没有选择";
    }
    pick.append(button, name);
    pick.addEventListener("click", function () { input.click(); });
    input.addEventListener("change", tell);
    input.classList.add("file-native");
    input.after(pick);
    tell();
  });
}());
