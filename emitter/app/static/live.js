// Keeps the parts of a page that are marked data-live as they are at the server.
// What happens comes as server-sent events; what is shown is always the page the server makes.
(() => {
  "use strict";
  const PAUSE_MS = Number(document.getElementById("main").dataset.pause || 350);
  const POLL_MS = 3000;
  const parts = () => document.querySelectorAll("[data-live][id]");
  if (!parts().length) return;

  const shown = document.getElementById("connection");
  const only = document.getElementById("main").dataset.delivery;
  let source = null;
  let polling = 0;
  let isReading = false;
  let isStale = false;

  function say(state, words) {
    if (shown.dataset.state === state) return;
    shown.dataset.state = state;
    shown.querySelector(".words").textContent = words;
  }

  async function refresh() {
    isStale = true;
    if (isReading) return;
    isReading = true;
    while (isStale) {
      isStale = false;
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
        if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch { /* the server is away; the connection says so */ }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    isReading = false;
  }

  function take(page) {
    for (const part of parts()) {
      const fresh = page.getElementById(part.id);
      if (fresh) become(part, fresh);
    }
    const token = page.querySelector("input[name=form_token]");
    if (token) for (const each of document.querySelectorAll("input[name=form_token]")) each.value = token.value;
    emitterTimes.setServerTime(page.body.dataset.now);
    emitterTimes.localise();
    document.dispatchEvent(new Event("refreshed"));
  }

  // Makes one element as another, in place: focus, selection, scroll and what is unfolded stay.
  function become(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !kept(old, name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value && !kept(old, name)) old.setAttribute(name, value);
    }
    const named = new Map([...old.children].filter((each) => each.id).map((each) => [each.id, each]));
    let next = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const match = named.get(child.id) ?? (next && alike(next, child) ? next : null);
      if (!match) {
        const added = document.importNode(child, true);
        if (child.id && child.nodeName === "TR") added.classList.add("fresh");
        old.insertBefore(added, next);
        continue;
      }
      if (match === next) next = next.nextSibling;
      else old.insertBefore(match, next);
      named.delete(child.id);
      if (child.nodeType === Node.ELEMENT_NODE) become(match, child);
      else if (match.data !== child.data) match.data = child.data;
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
  }

  function alike(one, other) {
    return one.nodeName === other.nodeName && !one.id && !other.id;
  }

  function kept(element, name) {
    return (name === "open" && element.nodeName === "DETAILS") || name === "hidden" || name === "title" && element.nodeName === "TIME";
  }

  function isOurs(event) {
    if (!only) return true;
    const value = JSON.parse(event.data || "{}");
    return String((value.delivery && value.delivery.id) ?? value.id) === only || event.type === "missed";
  }

  function follow() {
    if (source || document.hidden) return;
    source = new EventSource("/api/live");
    source.onopen = () => {
      clearInterval(polling);
      polling = 0;
      say("live", "live");
      refresh(); // what happened since the page was made, or while it was away
    };
    source.onerror = () => {
      say("lost", "reconnecting");
      if (source.readyState === EventSource.CLOSED) poll();
    };
    for (const kind of ["delivery", "attempt", "subscription", "notice", "call", "missed"]) {
      source.addEventListener(kind, (event) => { if (isOurs(event)) refresh(); });
    }
  }

  // Too many pages follow already, or the server is away: ask again and again, and try to follow again.
  function poll() {
    source.close();
    source = null;
    if (polling) return;
    say("polling", "every 3 s");
    polling = setInterval(() => { refresh(); follow(); }, POLL_MS);
  }

  // A browser keeps few connections to one server; a page that is not looked at gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      if (source) source.close();
      source = null;
      clearInterval(polling);
      polling = 0;
    } else {
      follow();
      refresh();
    }
  });
  addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });

  for (const form of document.querySelectorAll("[data-filters]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
  follow();
})();
