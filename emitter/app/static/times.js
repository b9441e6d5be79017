// Times where they are read, countdowns, copying. Everything is readable without.
(() => {
  "use strict";
  const DAY_MS = 86400000;
  let ahead = 0;

  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

  function waitText(ms) {
    const s = Math.max(0, Math.round(ms / 1000));
    const two = (large, unit, small, other) => {
      const rest = Math.floor((s % large) / small);
      return rest ? `${Math.floor(s / large)}${unit} ${rest}${other}` : `${Math.floor(s / large)}${unit}`;
    };
    if (s < 60) return `${s} s`;
    if (s < 3600) return two(60, "m", 1, "s");
    if (s < 86400) return two(3600, "h", 60, "m");
    return two(86400, "d", 3600, "h");
  }

  function localise() {
    for (const time of document.querySelectorAll("time[data-ms]")) {
      const at = Number(time.dataset.ms);
      const text = Date.now() - at < DAY_MS ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`;
      if (time.textContent !== text) time.textContent = text;
      time.title = whole.format(at);
    }
    count();
  }

  function count() {
    const now = Date.now() + ahead;
    for (const time of document.querySelectorAll("time[data-due]")) {
      const left = Number(time.dataset.due) - now;
      const text = left > 500 ? `in ${waitText(left)}` : "now";
      if (time.textContent !== text) time.textContent = text;
    }
  }

  // The page says what time it is at the server, so that a clock that is off does no harm here.
  window.emitterTimes = {
    localise,
    setServerTime(ms) { ahead = Number(ms) - Date.now(); },
  };
  emitterTimes.setServerTime(document.body.dataset.now);
  localise();
  setInterval(count, 1000);

  function showCopyButtons() {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      source.closest("details").open = true;
      getSelection().selectAllChildren(source);
      button.textContent = "Selected: copy it";
    }
    setTimeout(() => { button.textContent = "Copy as curl"; }, 1800);
  });
  document.addEventListener("refreshed", showCopyButtons);
  showCopyButtons();
})();
