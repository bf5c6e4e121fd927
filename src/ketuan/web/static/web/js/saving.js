// Saves every field while one types, without a button. What is typed lies in this browser until the server has
// acknowledged it: it survives a dead session, a lost line and a closed window, and is sent again afterwards.
(function () {
  "use strict";
  var root = document.querySelector("[data-saving]");
  if (!root) { return; }
  var url = root.getAttribute("data-saving");
  var slug = root.getAttribute("data-slug");
  var person = Number(root.getAttribute("data-person"));
  var first = Number(root.getAttribute("data-base"));
  var prefix = "ketuan-kept|" + person + "|" + root.getAttribute("data-code") + "|";
  var open = root.getAttribute("data-open") !== "no";
  var PAUSE = 800, TOGETHER = 50, PATIENCE = 15000, MOST = 60000;
  var fields = {}, pending = {}, memory = {}, busy = false, tries = 0, again = null, refused = false, waiting = [];

  // ---- what lies in this browser ------------------------------------------------------------------------------------
  function keep(path, entry) {
    memory[path] = entry;
    try { localStorage.setItem(prefix + path, JSON.stringify(entry)); } catch (e) { entry.homeless = true; }
  }
  function drop(path) {
    delete memory[path];
    delete pending[path];
    try { localStorage.removeItem(prefix + path); } catch (e) { /* was never there */ }
  }
  function kept() {
    var found = {};
    try {
      for (var i = 0; i < localStorage.length; i++) {
        var key = localStorage.key(i);
        if (key.indexOf(prefix) === 0) { found[key.slice(prefix.length)] = JSON.parse(localStorage.getItem(key)); }
      }
    } catch (e) { /* no store, or not ours */ }
    return found;
  }

  // ---- fields -------------------------------------------------------------------------------------------------------
  function controls(path) { return Array.prototype.slice.call(document.getElementsByName(path)); }
  function read(path) {
    var list = controls(path);
    if (list[0] && list[0].type === "checkbox") {
      return list.filter(function (c) { return c.checked; }).map(function (c) { return c.value; });
    }
    return list[0] ? list[0].value : "";
  }
  function given(path) {
    var list = controls(path);
    if (list[0] && list[0].type === "checkbox") {
      return list.filter(function (c) { return c.defaultChecked; }).map(function (c) { return c.value; });
    }
    return list[0] ? list[0].defaultValue : "";
  }
  function write(path, raw) {
    var list = controls(path);
    if (!list[0]) { return; }
    if (list[0].type === "checkbox") {
      var chosen = Array.isArray(raw) ? raw : raw.split("、");
      list.forEach(function (c) { c.checked = chosen.indexOf(c.value) >= 0; });
      return;
    }
    if (list[0].type === "date" && raw && !/^\d{4}-\d\d-\d\d$/.test(raw)) { list[0].type = "text"; }
    list[0].value = Array.isArray(raw) ? raw.join("、") : raw;
    count(list[0]);
  }
  function count(control) { if (window.ketuanCount) { window.ketuanCount.show(control); } }
  function same(a, b) { return JSON.stringify(a) === JSON.stringify(b); }
  function box(path) { return document.querySelector('[data-field="' + path + '"]'); }
  function state(path, kind, words) {
    var place = box(path) && box(path).querySelector("[data-saved]");
    if (!place) { return; }
    place.className = "field-state " + kind;
    place.textContent = words;
  }
  function status(words, kind) {
    var place = document.querySelector("[data-save-state]");
    if (place) { place.textContent = words; place.className = "save-state " + (kind || ""); }
  }
  function banner(title, text, link) {
    var place = document.querySelector("[data-kept]");
    if (!place) { return; }
    place.hidden = !title;
    if (!title) { return; }
    place.querySelector("[data-kept-title]").textContent = title;
    place.querySelector("[data-kept-text]").textContent = text || "";
    place.querySelector(".kept-link").hidden = !link;
    if (link) {
      place.querySelector("[data-kept-link]").href = link.url;
      place.querySelector("[data-kept-link]").textContent = link.label;
    }
  }
  function unsaved() { return Object.keys(memory).length; }

  // ---- typing -------------------------------------------------------------------------------------------------------
  function typed(path) {
    var field = fields[path], raw = read(path);
    if (field.clash) { keep(path, { raw: raw, base: field.base, was: field.was, at: Date.now() }); return; }
    keep(path, { raw: raw, base: field.base, was: field.was, at: Date.now() });
    state(path, "saving", "正在输入…");
    status("有内容还没有保存…");
    window.clearTimeout(field.timer);
    field.timer = window.setTimeout(function () { queue(path); }, PAUSE);
  }
  function queue(path) {
    if (fields[path]) { window.clearTimeout(fields[path].timer); fields[path].timer = null; }
    if (!memory[path]) { return; }
    pending[path] = true;
    pump();
  }

  // ---- sending, in order, one request at a time ---------------------------------------------------------------------
  function change(path) {
    var entry = memory[path];
    return { path: path, raw: entry.raw, base: entry.base, was: entry.was, force: Boolean(entry.force) };
  }
  function token() {
    var field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }
  function post(changes, more) {
    return fetch(url, Object.assign({
      method: "POST", credentials: "same-origin", redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(), "X-Requested-With": "fetch" },
      body: JSON.stringify({ changes: changes, slug: slug, person: person })
    }, more || {}));
  }
  function pump() {
    var paths = Object.keys(pending).filter(function (p) { return memory[p] && !(fields[p] && fields[p].clash); });
    if (busy || refused) { return; }
    if (!paths.length) { finish(true); return; }
    busy = true;
    window.clearTimeout(again);
    var changes = paths.slice(0, TOGETHER).map(change);
    changes.forEach(function (c) { delete pending[c.path]; state(c.path, "saving", "正在保存…"); });
    var stop = window.AbortController ? new AbortController() : null;
    var clock = window.setTimeout(function () { if (stop) { stop.abort(); } }, PATIENCE);
    post(changes, stop ? { signal: stop.signal } : {}).then(function (response) {
      return response.text().then(function (text) {
        var said = null;
        try { said = JSON.parse(text); } catch (e) { /* a page, not an answer */ }
        answered(response, said, changes);
      });
    }).catch(function () { failed(changes, "未连上服务器"); }).then(function () {
      window.clearTimeout(clock);
      busy = false;
      if (!again) { pump(); }
    });
  }
  function answered(response, said, changes) {
    if (response.ok && said) { tries = 0; acknowledged(said, changes); return; }
    if (response.status === 401 || response.type === "opaqueredirect") { sign_in(said, changes); return; }
    if (response.status === 403 && !said) { fresh(changes); return; }
    if (response.status === 403 || response.status === 404) {
      refused = true;
      back(changes);
      banner("没有保存", (said && said.why || "现在不能保存。") + "您写的内容还留在这台电脑的浏览器里，请先复制出来。");
      status("未保存", "failed");
      finish(false);
      return;
    }
    if (response.status === 400 && said) {
      if (changes.length > 1) { changes.forEach(function (c) { pending[c.path] = true; }); TOGETHER = 1; return; }
      drop(changes[0].path);
      state(changes[0].path, "failed", said.why);
      return;
    }
    failed(changes, response.status === 503 ? "服务器正忙" : "服务器没有回应");
  }
  function back(changes) {
    changes.forEach(function (c) { if (memory[c.path]) { pending[c.path] = true; state(c.path, "failed", "未保存"); } });
  }
  function failed(changes, why) {
    back(changes);
    tries += 1;
    var seconds = Math.min(30, Math.pow(2, tries));
    var homeless = Object.keys(memory).some(function (p) { return memory[p].homeless; });
    banner(why + (homeless ? "" : "，已保存在本机"), homeless
      ? "这个浏览器不让网页存东西，请不要关闭这一页，连上后会自动补存。"
      : "您可以继续写。连上后会自动补存，也可以关掉这一页以后再来。");
    status("未保存到服务器，" + seconds + " 秒后再试", "failed");
    again = window.setTimeout(function () { again = null; pump(); }, seconds * 1000);
    finish(false);
  }
  function sign_in(said, changes) {
    back(changes);
    var next = encodeURIComponent(window.location.pathname + window.location.search);
    banner("登录已过期，已保存在本机", said && said.why || "重新登录后会自动补存。",
      { url: (said && said.sign_in || "/account/login/") + "?next=" + next, label: "重新登录" });
    status("未保存到服务器，等待登录", "failed");
    again = window.setTimeout(function () { again = null; pump(); }, 30000);
    finish(false);
  }
  function fresh(changes) {
    back(changes);
    tries += 1;
    again = window.setTimeout(function () {
      fetch(url, { credentials: "same-origin", redirect: "manual" }).then(function (response) {
        if (response.type === "opaqueredirect") { sign_in(null, changes); return; }
        return response.json().then(function (said) {
          if (response.status === 401) { sign_in(said, changes); return; }
          if (!said.token || tries > 2) { failed(changes, "服务器没有回应"); return; }
          document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (i) { i.value = said.token; });
          again = null;
          pump();
        });
      }).catch(function () { failed(changes, "未连上服务器"); });
    }, 50);
  }
  function acknowledged(said, changes) {
    changes.forEach(function (sent) {
      var path = sent.path, field = fields[path], entry = memory[path];
      if (said.overtaken[path]) { clashed(path, said.overtaken[path]); return; }
      if (said.gone.indexOf(path) >= 0) { drop(path); state(path, "failed", "这一行已被别人删除，没有保存"); return; }
      var saved = said.saved[path];
      if (!saved) { return; }
      var was = [sent.raw, saved.shown];
      if (field) { field.base = said.revision; field.was = was; }
      if (!entry || same(entry.raw, sent.raw)) {
        drop(path);
        state(path, saved.note ? "noted" : "saved", saved.note || "已保存 " + said.at);
        var control = controls(path)[0];
        if (field && control && control !== document.activeElement && !same(saved.shown, sent.raw)) { write(path, saved.shown); }
        else if (field) { field.shown = saved.shown; }
      } else {
        entry.base = said.revision; entry.was = was; entry.force = false;
        keep(path, entry);
      }
    });
    if (!unsaved()) { banner(""); status("全部已保存 " + said.at, "saved"); }
    show(said);
  }

  // ---- what follows from a saving: counts, sums, findings -----------------------------------------------------------
  function show(said) {
    if (!said.panel) { return; }
    Object.keys(said.counts).forEach(function (path) {
      var control = controls(path)[0];
      if (control && memory[path]) { return; }
      var counter = control && document.querySelector('[data-count][data-for="' + control.id + '"]');
      if (counter) {
        counter.querySelector("b").textContent = said.counts[path];
        counter.classList.toggle("over", said.counts[path] > Number(counter.getAttribute("data-limit")));
      }
    });
    document.querySelectorAll("[data-field]").forEach(function (one) {
      var place = one.querySelector(":scope > [data-findings]"), html = said.fields[one.getAttribute("data-field")] || "";
      if (place && place.innerHTML !== html) { place.innerHTML = html; }
      one.classList.toggle("has-findings", Boolean(html));
    });
    document.querySelectorAll("[data-findings-of]").forEach(function (place) {
      place.innerHTML = said.fields[place.getAttribute("data-findings-of")] || "";
    });
    replace("[data-panel]", said.panel);
    replace("[data-sections]", said.sections);
    if (said.sums) { replace("[data-sums]", said.sums); }
  }
  function replace(where, html) {
    var place = document.querySelector(where);
    if (!place || html === undefined || place.contains(document.activeElement)) { return; }
    var shut = Array.prototype.map.call(place.querySelectorAll("details:not([open])"), function (d) { return d.className; });
    var up = place.scrollTop;
    place.innerHTML = html;
    place.querySelectorAll("details").forEach(function (d) { if (shut.indexOf(d.className) >= 0) { d.removeAttribute("open"); } });
    place.scrollTop = up;
  }

  // ---- two people in one field --------------------------------------------------------------------------------------
  function clashed(path, theirs) {
    var field = fields[path], place = box(path) && box(path).querySelector("[data-clash]");
    if (!place) {
      banner("有一栏别人刚改过", theirs.says + "：" + theirs.place + "。您写的还在本机，请打开那一栏核对。", { url: theirs.url, label: "去核对" });
      delete pending[path];
      return;
    }
    field.clash = theirs;
    delete pending[path];
    state(path, "failed", "未保存，请选一种");
    place.textContent = "";
    place.hidden = false;
    place.setAttribute("role", "alert");
    var head = document.createElement("p");
    head.className = "clash-head";
    head.textContent = theirs.by + " " + theirs.at + " 改过这一栏。您的还没有保存，请选一种，或合并后再用“用我的”：";
    place.appendChild(head);
    var other = theirs.own ? "另一窗口里的" : "对方的";
    [[other, theirs.theirs, "用" + other, "theirs"], ["我的", null, "用我的", "mine"]].forEach(function (side) {
      var part = document.createElement("div"), name = document.createElement("b"), words = document.createElement("p");
      var button = document.createElement("button");
      name.textContent = side[0];
      words.textContent = side[1] === null ? "（上面框里写的）" : side[1] || "（空）";
      button.type = "button";
      button.className = "btn btn-secondary btn-sm";
      button.textContent = side[2];
      button.addEventListener("click", function () { settle(path, side[3]); });
      part.appendChild(name); part.appendChild(words); part.appendChild(button);
      place.appendChild(part);
    });
    status("有一栏别人刚改过，请在那一栏选一种", "failed");
    if (box(path).contains(document.activeElement)) { place.scrollIntoView({ block: "center" }); }
  }
  function settle(path, whose) {
    var field = fields[path], theirs = field.clash, place = box(path).querySelector("[data-clash]");
    field.clash = null;
    field.base = theirs.revision;
    field.was = [theirs.theirs];
    place.hidden = true;
    if (whose === "theirs") {
      drop(path);
      write(path, theirs.theirs);
      state(path, "saved", theirs.own ? "用了另一窗口里的" : "用了对方的");
      if (!unsaved()) { banner(""); status("全部已保存", "saved"); }
      return;
    }
    keep(path, { raw: read(path), base: theirs.revision, was: [theirs.theirs], force: true, at: Date.now() });
    queue(path);
  }

  // ---- waiting until everything is saved ----------------------------------------------------------------------------
  function finish(good) {
    if (!waiting.length || (good && busy)) { return; }
    var all = waiting;
    waiting = [];
    all.forEach(function (tell) { tell(good && !unsaved()); });
  }
  function all(tell) {
    Object.keys(memory).forEach(function (path) { pending[path] = true; if (fields[path]) { window.clearTimeout(fields[path].timer); } });
    waiting.push(tell);
    again = window.clearTimeout(again) || null;
    pump();
  }
  function leave() {
    var paths = Object.keys(memory).filter(function (p) { return !(fields[p] && fields[p].clash); });
    if (!paths.length || refused) { return; }
    var changes = [], size = 0;
    paths.forEach(function (p) {
      var one = change(p);
      size += JSON.stringify(one).length * 3;
      if (size < MOST) { changes.push(one); }
    });
    if (changes.length) { post(changes, { keepalive: true }).catch(function () { /* stays in this browser */ }); }
  }

  // ---- beginning ----------------------------------------------------------------------------------------------------
  function begin() {
    document.querySelectorAll("[data-field]").forEach(function (one) {
      var path = one.getAttribute("data-field");
      fields[path] = { base: first, was: [given(path)], timer: null, clash: null };
    });
    var left = kept(), restored = 0;
    // what was typed before this file had arrived
    var early = Object.keys(fields).filter(function (path) { return !left[path] && !same(read(path), given(path)); });
    if (!open) {
      var texts = Object.keys(left).map(function (p) { return Array.isArray(left[p].raw) ? left[p].raw.join("、") : left[p].raw; });
      if (texts.length) { banner("这台电脑里有没存上的内容", "申报书现在不能修改。需要的话请复制：" + texts.join(" ／ ")); }
      return;
    }
    root.classList.add("is-live");
    Object.keys(left).forEach(function (path) {
      var entry = left[path];
      memory[path] = entry;
      if (fields[path]) {
        if (!same(read(path), entry.raw)) { write(path, entry.raw); restored += 1; }
        fields[path].base = entry.base;
        fields[path].was = entry.was;
      }
      pending[path] = true;
    });
    if (restored) { banner("找回了上次没存上的内容", "正在补存 " + restored + " 栏…"); }
    early.forEach(typed);
    if (Object.keys(left).length) { pump(); }
    else if (!early.length) { status("填一栏存一栏，不用点保存。保存不等于提交。"); }
  }
  var composing = false;
  root.addEventListener("compositionstart", function () { composing = true; });
  root.addEventListener("compositionend", function (event) { composing = false; if (fields[event.target.name]) { typed(event.target.name); } });
  root.addEventListener("input", function (event) {
    if (open && !composing && fields[event.target.name]) { typed(event.target.name); }
  });
  root.addEventListener("change", function (event) {
    if (open && fields[event.target.name] && memory[event.target.name]) { queue(event.target.name); }
  });
  root.addEventListener("focusout", function (event) {
    var path = event.target.name, field = fields[path];
    if (!field) { return; }
    if (memory[path] && open) { queue(path); }
    else if (field.shown !== undefined && !same(field.shown, read(path))) { write(path, field.shown); delete field.shown; }
  });
  window.addEventListener("online", function () { again = window.clearTimeout(again) || null; pump(); });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") { leave(); }
    else if (unsaved()) { again = window.clearTimeout(again) || null; Object.keys(memory).forEach(function (p) { if (!(fields[p] && fields[p].timer)) { pending[p] = true; } }); pump(); }
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("beforeunload", function (event) {
    if (Object.keys(memory).some(function (p) { return memory[p].homeless; })) { event.preventDefault(); event.returnValue = ""; }
  });
  // on window, so that the question of a button (menus.js) has been answered before
  window.addEventListener("submit", function (event) {
    if (event.target !== root || event.defaultPrevented || !open) { return; }
    event.preventDefault();
    var button = event.submitter && event.submitter.name === "act" ? event.submitter : null;
    all(function (good) {
      if (!button || !good) { return; }
      var values = { csrfmiddlewaretoken: token(), act: button.value, only: "act" };
      var sheet = document.createElement("form");
      sheet.method = "post";
      sheet.action = window.location.pathname + window.location.search;
      Object.keys(values).forEach(function (name) {
        var input = document.createElement("input");
        input.type = "hidden"; input.name = name; input.value = values[name];
        sheet.appendChild(input);
      });
      document.body.appendChild(sheet);
      sheet.submit();
    });
  });
  // a click on a finding: open what is folded around the field, and put the cursor into it
  function arrive() {
    var target = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (!target) { return; }
    var fold = target.closest("details");
    if (fold) { fold.open = true; }
    target.scrollIntoView({ block: "center" });
    var control = target.querySelector("input:not([type=hidden]), textarea, select");
    if (control) { control.focus({ preventScroll: true }); }
  }
  window.addEventListener("hashchange", arrive);
  begin();
  arrive();
}());
