// The preview's bar, its problems and its table. All of it can be read without this.
(() => {
  "use strict";
  const desk = new URL(".", document.currentScript.src);
  const problems = document.getElementById("sitegen-problems");
  const inline = problems?.classList.contains("sitegen-inline");
  const host = document.querySelector("sitegen-bar");
  const template = host?.querySelector("template");
  if (template) {
    // a browser that does not know declarative shadow roots
    host.attachShadow({ mode: "open" }).append(template.content);
    template.remove();
  }
  const bar = host?.shadowRoot;
  const part = (id) => bar?.getElementById(id);

  /* Storage may be refused; then it is remembered while the page is there. */
  const known = new Map();

  function recall(storage, name) {
    try {
      return window[storage].getItem(`sitegen-${name}`);
    } catch {
      return known.get(name);
    }
  }

  function remember(storage, name, value) {
    known.set(name, String(value));
    try {
      window[storage].setItem(`sitegen-${name}`, value);
    } catch {
      // another page will be as at first
    }
  }

  /* Problems: shown while there are errors, until they are closed; other problems when they are asked for. */
  let asked = false;

  function show(visible) {
    if (problems.hidden === visible) problems.hidden = !visible;
    part("problems")?.setAttribute("aria-expanded", String(visible));
  }

  function update() {
    const findings = problems.querySelector(".sitegen-findings");
    const wrong = Number(findings?.dataset.errors) > 0;
    const closed = findings && recall("sessionStorage", "closed") === findings.dataset.name;
    show(Boolean(findings) && (inline || asked || (wrong && !closed)));
    if (!bar) return;
    part("problems").hidden = !findings;
    part("problems").classList.toggle("error", wrong);
    part("problems-text").textContent = findings?.querySelector("[data-counts]").textContent ?? "";
    part("problems").setAttribute("aria-label", part("problems-text").textContent);
    if (part("findings")) own(findings);
  }

  /* Those of this page's own files, in the panel too. */
  function own(findings) {
    const { source, layout } = part("page").dataset;
    const mine = [...(findings?.querySelectorAll(".sitegen-finding") ?? [])].filter(({ dataset }) =>
      [source, layout].includes(dataset.path),
    );
    part("findings").replaceChildren(...mine.map((finding) => finding.cloneNode(true)));
    part("own").hidden = mine.length === 0;
    part("own").classList.toggle("error", mine.some((finding) => finding.classList.contains("sitegen-error")));
    part("own-number").textContent = mine.length;
  }

  function close() {
    asked = false;
    remember("sessionStorage", "closed", problems.querySelector(".sitegen-findings").dataset.name);
    show(false);
    part("problems")?.focus();
  }

  /* A file in the author's editor. */
  const said = part("said") ?? document.getElementById("said");
  const answers = { 204: "opened", 403: "elsewhere", 429: "later", 503: "later" };
  let silence = 0;

  async function open({ path, line }) {
    const address = new URL(`open?${new URLSearchParams({ path, line })}`, desk);
    const status = await fetch(address, { method: "POST" }).then(
      (answer) => answer.status,
      () => 0,
    );
    said.textContent = said.dataset[answers[status] ?? "failed"];
    clearTimeout(silence);
    silence = setTimeout(() => (said.textContent = ""), status === 204 ? 3000 : 9000);
  }

  function fold(folded) {
    host.toggleAttribute("folded", folded);
    part("fold").setAttribute("aria-expanded", String(!folded));
  }

  document.addEventListener("click", (event) => {
    const button = event.composedPath()[0].closest?.("button");
    if (button?.matches(".sitegen-open")) {
      open(button.dataset);
    } else if (button?.matches(".sitegen-close")) {
      close();
    } else if (button && button === part("problems")) {
      if (problems.hidden) {
        asked = true;
        show(true);
        problems.querySelector("button").focus();
      } else {
        close();
      }
    } else if (button && button === part("fold")) {
      fold(!host.hasAttribute("folded"));
      remember("localStorage", "folded", host.hasAttribute("folded"));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const path = event.composedPath();
    if (path.includes(problems) && !inline) {
      close();
    } else if (part("page")?.open && path.includes(part("page"))) {
      part("page").open = false;
      part("page").querySelector("summary").focus();
    }
  });

  if (bar) {
    fold(recall("localStorage", "folded") === "true");
    const page = part("page");
    if (page) {
      page.open = recall("sessionStorage", "page") === "true";
      page.addEventListener("toggle", () => remember("sessionStorage", "page", page.open));
    }
  }
  if (problems) {
    update();
    new MutationObserver(update).observe(problems, { childList: true, attributeFilter: ["hidden"] });
  }

  /* The table: filtered by the server, as without this script, but at each letter. */
  const form = document.getElementById("filters");
  let pending = 0;
  let request = new AbortController();

  async function filter() {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const address = `${location.pathname}${query.size ? "?" : ""}${query}`;
    request.abort();
    request = new AbortController();
    try {
      const answer = await fetch(address, { signal: request.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of ["articles", "found"]) {
        document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
      }
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  }

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    filter();
  });
  form?.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(filter, 120);
  });
})();
