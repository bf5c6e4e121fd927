// Compares a file with the hashes on the page. Everything happens in the browser; nothing is sent.
(() => {
  const box = document.querySelector("[data-drop]");
  const input = box && box.querySelector("[data-file]");
  if (!input) return;
  const says = box.querySelector("[data-says]");
  const rows = [...document.querySelectorAll("[data-sha256]")];

  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  async function compare(file) {
    rows.forEach((row) => { row.classList.remove("found"); row.querySelector(".same").hidden = true; });
    if (!window.crypto || !window.crypto.subtle) {
      says.textContent = "浏览器不能在这个地址上计算，请用 https 打开，或自己算出 SHA-256 后比对。";
      return;
    }
    says.textContent = "正在计算…";
    const sum = hex(await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const same = rows.filter((row) => row.dataset.sha256 === sum);
    same.forEach((row) => { row.classList.add("found"); row.querySelector(".same").hidden = false; });
    says.className = `drop-says ink ${same.length ? "tone-good" : "tone-stop"}`;
    says.textContent = same.length ? `“${file.name}”与记录一致。` : `“${file.name}”不是其中任何一份。它的 SHA-256：${sum}`;
  }

  input.addEventListener("change", () => { if (input.files[0]) compare(input.files[0]); });
  ["dragover", "drop"].forEach((kind) => box.addEventListener(kind, (event) => {
    event.preventDefault();
    if (kind === "drop" && event.dataTransfer.files[0]) compare(event.dataTransfer.files[0]);
  }));
})();
