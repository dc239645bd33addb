/* Keeps a page of the preview as its source is, over the web socket of LiveReload's protocol: reloads it when it has
   changed, swaps its styles when only they have, and shows what is wrong. What the reader was at stays. */
(() => {
  const home = new URL("./", document.currentScript.src);
  const KEPT = "sitegen:place";
  const FIELDS = "input:not([type=password]):not([type=file]), textarea, select";
  const FIRST_WAIT = 200;
  const LONGEST_WAIT = 3000;

  /** What this page is, as the server wrote it at its end. */
  const mark = [...document.childNodes].findLast((node) => node.nodeType === Node.COMMENT_NODE && node.data.startsWith("sitegen "));

  let wait = FIRST_WAIT;

  function connect() {
    const line = new WebSocket(new URL("livereload", home).href.replace(/^http/, "ws"));
    const say = (message) => line.send(JSON.stringify(message));
    line.addEventListener("open", () => say({ command: "hello", protocols: ["http://livereload.com/protocols/official-7"] }));
    line.addEventListener("message", ({ data }) => {
      const said = JSON.parse(data);
      if (said.command === "hello") {
        wait = FIRST_WAIT;
        say({ command: "info", url: location.href, sitegen: mark?.data ?? "" });
      } else if (said.command === "reload") {
        if (said.styles) swapStyles(said.styles);
        else reload();
      } else if (said.command === "built") {
        showProblems();
      }
    });
    line.addEventListener("close", () => {
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  }

  function reload() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(placeNow()));
    } catch {
      /* No storage, no memory: the page is shown from its beginning. */
    }
    location.reload();
  }

  /** The new sheets stand beside the old ones until they are there, so that the page is never without. */
  async function swapStyles(elements) {
    const old = [...document.querySelectorAll("link[rel~=stylesheet i]")].filter((link) => !link.href.startsWith(home.href));
    const fresh = elements.map((element) => {
      const { attributes } = new DOMParser().parseFromString(element, "text/html").querySelector("link");
      const link = document.createElement("link");
      for (const { name, value } of attributes) link.setAttribute(name, value);
      return link;
    });
    const known = new Map(old.map((link) => [link.href, link]));
    let after = old.at(-1) ?? document.head.lastChild;
    const loading = [];
    const kept = new Set();
    for (const link of fresh) {
      const same = known.get(link.href);
      if (same) {
        kept.add(same);
        after.after(same);
        after = same;
        continue;
      }
      loading.push(new Promise((done) => {
        link.addEventListener("load", done);
        link.addEventListener("error", done);
      }));
      after.after(link);
      after = link;
    }
    await Promise.all(loading);
    for (const link of old) if (!kept.has(link)) link.remove();
    document.dispatchEvent(new CustomEvent("sitegen:styled"));
  }

  async function showProblems() {
    const shown = document.getElementById("sitegen-problems");
    const answer = await fetch(new URL("problems", home)).catch(() => null);
    if (shown && answer?.ok) {
      const html = (await answer.text()).trim();
      if (shown.dataset.shown !== html) {
        shown.dataset.shown = html;
        shown.innerHTML = html;
      }
      shown.hidden = !html;
    }
    document.dispatchEvent(new CustomEvent("sitegen:built"));
  }

  /** Where the reader is: the place on the page, by the last heading or other named element above the middle of the
      window; open details; what was typed; where the keyboard is. */
  function placeNow() {
    const named = [...document.querySelectorAll("[id]:not(#sitegen-problems, #sitegen-problems *)")].filter((element) => element.getClientRects().length);
    const above = named.findLast((element) => element.getBoundingClientRect().top <= innerHeight / 2);
    const focused = document.activeElement;
    return {
      url: location.href,
      x: scrollX,
      y: scrollY,
      anchor: above && scrollY ? { id: above.id, top: above.getBoundingClientRect().top } : null,
      details: [...document.querySelectorAll("details")].map((element) => element.open),
      fields: [...document.querySelectorAll(FIELDS)].map(({ name, value, checked }) => ({ name, value, checked })),
      focus: focused && focused !== document.body ? { path: pathTo(focused), selection: selectionIn(focused) } : null,
    };
  }

  function restore() {
    let place;
    try {
      place = JSON.parse(sessionStorage.getItem(KEPT));
      sessionStorage.removeItem(KEPT);
    } catch {
      return;
    }
    if (place?.url !== location.href) return;
    document.querySelectorAll("details").forEach((element, at) => {
      if (at in place.details) element.open = place.details[at];
    });
    document.querySelectorAll(FIELDS).forEach((element, at) => {
      const field = place.fields[at];
      if (field?.name !== element.name) return;
      if (element.type === "checkbox" || element.type === "radio") element.checked = field.checked;
      else if (element.type !== "hidden") element.value = field.value;
    });
    const focused = place.focus && document.querySelector(place.focus.path);
    focused?.focus({ preventScroll: true });
    if (focused && place.focus.selection) focused.setSelectionRange?.(...place.focus.selection);
    const scroll = () => scrollTo({ left: place.x, top: topFor(place), behavior: "instant" });
    scroll();
    if (document.readyState !== "complete") addEventListener("load", () => requestAnimationFrame(scroll), { once: true });
  }

  function topFor({ y, anchor }) {
    const element = anchor && document.getElementById(anchor.id);
    return element ? scrollY + element.getBoundingClientRect().top - anchor.top : y;
  }

  function pathTo(element) {
    const steps = [];
    for (let at = element; at?.parentElement; at = at.parentElement) {
      if (at.id) return [`#${CSS.escape(at.id)}`, ...steps].join(" > ");
      steps.unshift(`${at.localName}:nth-child(${[...at.parentElement.children].indexOf(at) + 1})`);
    }
    return [":root", ...steps].join(" > ");
  }

  function selectionIn({ selectionStart, selectionEnd }) {
    return typeof selectionStart === "number" ? [selectionStart, selectionEnd] : null;
  }

  restore();
  connect();
})();
