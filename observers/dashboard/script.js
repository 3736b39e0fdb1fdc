"use strict";
(() => {
  const lost = document.getElementById("lost");
  const slow = 5000;
  let busy = false, again = false, timer;

  // Replaces the parts of the page that have changed, so that scrolling, the focus and a selection elsewhere stay.
  async function renew() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.pathname, {cache: "no-store"});
      if (!answer.ok) throw new Error(String(answer.status));
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of next.querySelectorAll("[data-part]")) {
        const old = document.getElementById(part.id);
        if (!old || old.innerHTML === part.innerHTML) continue;
        const focus = old.contains(document.activeElement) && document.activeElement.id;
        old.replaceChildren(...part.childNodes);
        if (focus) document.getElementById(focus)?.focus({preventScroll: true});
      }
      document.title = next.title;
      lost.textContent = "";
    } catch {
      lost.textContent = "The program does not answer any more.";
    }
    busy = false;
    if (again) { again = false; renew(); }
  }

  function poll() { timer ??= setInterval(renew, slow); }

  const events = new EventSource("?events");
  events.onmessage = renew;
  events.onopen = () => { if (lost.textContent) renew(); };
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) poll(); // the answer was no stream
    else renew();
  };
})();
