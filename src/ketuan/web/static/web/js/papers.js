// Files may be dropped on a form marked data-drop; the plain input works without this file.
(function () {
  "use strict";
  document.querySelectorAll("form[data-drop]").forEach(function (form) {
    var input = form.querySelector("input[type=file]");
    var said = form.querySelector("[data-picked]");
    function tell() {
      if (!input.files.length) { return; }
      said.textContent = "已选：" + Array.prototype.map.call(input.files, function (file) {
        return file.name + "（" + Math.max(0.1, file.size / 1048576).toFixed(1) + " MB）";
      }).join("、");
    }
    input.addEventListener("change", tell);
    ["dragenter", "dragover"].forEach(function (name) {
      form.addEventListener(name, function (event) { event.preventDefault(); form.classList.add("is-over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      form.addEventListener(name, function (event) { event.preventDefault(); form.classList.remove("is-over"); });
    });
    form.addEventListener("drop", function (event) {
      if (event.dataTransfer && event.dataTransfer.files.length) { input.files = event.dataTransfer.files; tell(); }
    });
    form.addEventListener("submit", function () {
      var button = form.querySelector("button");
      window.setTimeout(function () { button.disabled = true; button.textContent = "正在上传…"; }, 0);
    });
  });
}());
