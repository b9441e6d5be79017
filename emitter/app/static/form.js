// The form that sends an event: JSON and fields follow each other, and what was typed survives a reload.
(() => {
  "use strict";
  const choose = document.getElementById("choose");
  const form = document.getElementById("event-form");
  if (!form) return;
  for (const button of document.querySelectorAll("[data-no-script]")) button.hidden = true;
  choose.event.addEventListener("change", () => choose.requestSubmit());

  const json = form.elements.json;
  const startOver = document.getElementById("start-over");
  const key = `draft:${form.dataset.event}`;
  if (!json) return;

  const fields = [...form.querySelectorAll("[data-pointer]")];
  const boxOf = (field) => document.getElementById(`${field.id}-out`);
  const view = () => form.elements.view.value;

  for (const field of fields) {
    field.addEventListener("input", () => { const box = boxOf(field); if (box) box.checked = false; });
  }

  function steps(pointer) {
    return pointer.slice(1).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  }

  function valueOf(field) {
    if (field.dataset.kind !== "json") return field.value;
    try { return JSON.parse(field.value); } catch { return field.value; }
  }

  function fieldsToJson() {
    let event;
    try { event = JSON.parse(json.value); } catch { return; }
    for (const field of fields) {
      const path = steps(field.dataset.pointer);
      const last = path.pop();
      let place = event;
      for (const step of path) place = place && typeof place === "object" ? place[step] : undefined;
      if (!place || typeof place !== "object") continue;
      const box = boxOf(field);
      if (box && box.checked) delete place[last];
      else if (!box || last in place || !box.checked) place[last] = valueOf(field);
    }
    json.value = JSON.stringify(event, null, 2);
  }

  function jsonToFields() {
    let event;
    try { event = JSON.parse(json.value); } catch { return; }
    for (const field of fields) {
      let value = event;
      for (const step of steps(field.dataset.pointer)) value = value && typeof value === "object" ? value[step] : undefined;
      const box = boxOf(field);
      if (box) box.checked = value === undefined;
      if (value === undefined) continue;
      const text = typeof value === "string" ? value : JSON.stringify(value);
      if (field.nodeName === "SELECT" && ![...field.options].some((each) => each.value === text)) field.add(new Option(text, text));
      field.value = text;
    }
  }

  let before = view();
  for (const each of form.elements.view) {
    each.addEventListener("change", () => {
      if (before === "fields") fieldsToJson();
      else if (view() === "fields") jsonToFields();
      before = view();
    });
  }

  // Draft: everything one can type, by name; gone when it is undone or the window is closed.
  function state() {
    return [...form.elements]
      .filter((each) => each.name && each.name !== "form_token" && each.type !== "submit")
      .map((each) => [each.name, each.value, each.type === "checkbox" || each.type === "radio" ? each.checked : null]);
  }

  function restore(saved) {
    const boxes = new Map(saved.filter((each) => each[2] !== null).map((each) => [`${each[0]}=${each[1]}`, each[2]]));
    const values = new Map(saved.filter((each) => each[2] === null).map((each) => [each[0], each[1]]));
    for (const each of form.elements) {
      if (each.type === "checkbox" || each.type === "radio") {
        if (boxes.has(`${each.name}=${each.value}`)) each.checked = boxes.get(`${each.name}=${each.value}`);
      } else if (values.has(each.name)) {
        if (each.nodeName === "SELECT" && ![...each.options].some((one) => one.value === values.get(each.name))) continue;
        each.value = values.get(each.name);
      }
    }
    before = view();
  }

  const storage = {
    read() { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
    write() { try { sessionStorage.setItem(key, JSON.stringify(state())); } catch { /* too big, or not allowed */ } },
    clear() { try { sessionStorage.removeItem(key); } catch { /* then there is none */ } },
  };

  const made = state();
  const saved = storage.read();
  if (saved && !("refused" in form.dataset)) restore(saved);
  startOver.hidden = !saved;
  form.addEventListener("input", () => { storage.write(); startOver.hidden = false; });
  startOver.addEventListener("click", () => { storage.clear(); restore(made); startOver.hidden = true; });
  document.getElementById("other-values").addEventListener("click", () => storage.clear());
})();
