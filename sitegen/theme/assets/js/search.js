/* The search page: looks up what the reader types in the index that Pagefind made, and lists what it finds. Nothing of
   the index is loaded before the reader turns to the field. */

/* What sitegen/build/pagefind.py does to texts is done to queries here, and undone in what is shown: where there are no
   spaces between words, each character is a word together with the next one; đ and ḏ change places. */
const UNSPACED = String.raw`\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u3190-\u31ff\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{1b000}-\u{1b16f}\u{20000}-\u{3ffff}\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff`;
const WIDE = String.raw`\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f`;
const PAIR = "\u0298";
const BREAK = "\u00b7";
const SEAM = BREAK + BREAK;
const STROKES = { đ: "ḏ", ḏ: "đ", Đ: "Ḏ", Ḏ: "Đ" };

const WIDE_RUN = new RegExp(`[${WIDE}]+`, "gu");
const PART = new RegExp(`[${UNSPACED}]+|[^\\s${UNSPACED}]+`, "gu");
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const BARE = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su;

const MOST_UNITS = 12;
const A_PAGE = 10;
const PAUSE = 250;
const SLOW = 500;

const swapped = (text) => text.replace(/[đḏĐḎ]/g, (letter) => STROKES[letter]);
const folded = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const named = (text) => text.normalize("NFKC").replace(/[\s\u00ad\u200b\u2060\ufeff]/gu, "");
const isPair = (word) => word.startsWith(PAIR);

/** What a query asks for: words, and runs of characters that must stand in a row; `width` in words of the index. */
function unitsOf(query) {
  const text = query.replace(WIDE_RUN, (run) => run.normalize("NFKC")).normalize("NFC").toLowerCase();
  const units = [];
  for (const part of text.match(PART) ?? []) {
    const runs = part.match(WORD) ?? [];
    if (IS_UNSPACED.test(part)) {
      units.push(...runs.map((run) => ({ words: pairsOf(run), width: run.length })));
    } else if (runs.length) {
      units.push({ words: [swapped(part.replace(/["“”„«»]/gu, ""))], width: 1 });
    }
  }
  return units.slice(0, MOST_UNITS);
}

function pairsOf(run) {
  const codes = run.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return codes.length === 1 ? [PAIR + codes[0]] : codes.slice(1).map((code, at) => PAIR + codes[at] + code);
}

/** Pagefind's results for a word: with its marks, where anything is written so, else without. */
async function lookUp(index, word) {
  for (const exactDiacritics of folded(word) === word ? [false] : [true, false]) {
    await index.options({ exactDiacritics });
    const found = await index.search(word);
    const results = found.results.filter((result) => result.words.length);
    if (results.length && (await isMeant(index, word, results[0]))) return results;
  }
  return [];
}

/** Where no word begins like the one sought, Pagefind takes one that this one begins with: for xyz it would find x. */
async function isMeant(index, word, result) {
  const whole = await index.search(`"${word}"`);
  if (whole.results.length) return true;
  const { content } = await result.data();
  const parts = folded(content.split(" ")[result.words[0]]).match(WORD) ?? [];
  const sought = folded(word).match(WORD).join("");
  return [parts.join(""), ...parts].some((part) => part.startsWith(sought));
}

/** Where a unit begins in the texts that have it, by result. */
async function findUnit(index, { words }) {
  let found;
  for (const [offset, word] of words.entries()) {
    const next = new Map();
    for (const result of await lookUp(index, word)) {
      const places = new Set(result.words);
      const before = found ? found.get(result.id) : { score: 0, starts: [...places] };
      const starts = before?.starts.filter((start) => places.has(start + offset)) ?? [];
      if (starts.length) next.set(result.id, { result, starts, score: before.score + result.score });
    }
    found = next;
  }
  return found;
}

/** The texts that have all units: first those where they stand beside each other, then by Pagefind's score. */
async function find(index, units) {
  let hits;
  for (const unit of units) {
    if (hits?.size === 0) break;
    const next = new Map();
    for (const [id, { result, starts, score }] of await findUnit(index, unit)) {
      const before = hits ? hits.get(id) : { units: [], beside: 0, score: 0 };
      if (!before) continue;
      const spans = starts.map((start) => [start, start + unit.width]);
      const ends = new Set(before.units.at(-1)?.map(([, end]) => end));
      const beside = before.beside + starts.some((start) => ends.has(start));
      next.set(id, { result, units: [...before.units, spans], beside, score: before.score + score });
    }
    hits = next;
  }
  return [...hits.values()].sort((one, other) => other.beside - one.beside || other.score - one.score);
}

/** Where units were found; of one that stands beside another somewhere, only those places. */
function spansOf(units) {
  const starts = new Set(units.flat().map(([start]) => start));
  const ends = new Set(units.flat().map(([, end]) => end));
  return units.flatMap((spans) => {
    const beside = spans.filter(([start, end]) => starts.has(end) || ends.has(start));
    return beside.length ? beside : spans;
  });
}

function textOf(words, begin, end) {
  const element = document.createElement("p");
  write(element, words, begin, end, []);
  return element.textContent;
}

/** Put the words from `begin` to `end` into an element as people read them, those in `spans` marked. */
function write(element, words, begin, end, spans) {
  const marked = new Set(spans.flatMap(([from, to]) => Array.from({ length: to - from }, (_, step) => from + step)));
  const pieces = [];
  const add = (text, mark) => {
    if (!text) return;
    if (pieces.at(-1)?.mark === mark) pieces.at(-1).text += text;
    else pieces.push({ text, mark });
  };
  for (let at = begin; at < end; at += 1) {
    const [last, word] = [words[at - 1], words[at]];
    const isSpaced = at > begin && (word === BREAK || last === BREAK || !(isPair(word) || isPair(last)));
    if (isSpaced) add(" ", marked.has(at - 1) && marked.has(at));
    if (isPair(word)) {
      add(String.fromCharCode(parseInt(word.slice(1, 5), 16)), marked.has(at));
    } else {
      const [, before, bare, after] = BARE.exec(swapped(word));
      add(before, false);
      add(bare, marked.has(at));
      add(after, false);
    }
  }
  for (const { text, mark } of pieces) {
    const node = mark ? document.createElement("mark") : document.createTextNode("");
    node.textContent = text;
    element.append(node);
  }
}

/** Begin and end of the part between `from` and `to` in which most of the spans begin. */
function excerptOf(words, from, to, spans) {
  const length = words.filter(isPair).length * 2 > words.length ? 90 : 36;
  const starts = [...new Set(spans.map(([start]) => start))].filter((start) => start >= from && start < to);
  let [best, most] = [from, 0];
  for (const start of starts.sort((one, other) => one - other)) {
    const begin = Math.max(from, start - Math.floor(length / 4));
    const count = starts.filter((other) => other >= begin && other < begin + length).length;
    if (count > most) [best, most] = [begin, count];
  }
  const begin = words[best] === BREAK ? best + 1 : best;
  const end = Math.min(to, best + length);
  return [begin, words[end - 1] === BREAK ? end - 1 : end];
}

class SearchPage {
  constructor(form) {
    this.form = form;
    this.field = form.elements.q;
    this.title = document.title;
    this.part = Object.fromEntries(
      [...document.querySelectorAll("[data-search]")].map((element) => [element.dataset.search, element]),
    );
    const { lang } = document.documentElement;
    this.plurals = new Intl.PluralRules(lang);
    this.numbers = new Intl.NumberFormat(lang);
    this.turn = 0;
    this.hits = [];
  }

  begin() {
    this.field.addEventListener("focus", () => this.open().catch(() => {}), { once: true });
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.show(), PAUSE);
    });
    this.field.addEventListener("change", () => this.keep());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.keep();
      this.show();
    });
    this.part.more.addEventListener("click", () => this.showMore());
    addEventListener("popstate", () => this.read());
    this.read();
  }

  /** The query in the address, so that a search can be sent on and gone back to. */
  get kept() {
    return new URLSearchParams(location.search).get("q") ?? "";
  }

  keep() {
    const query = this.field.value.trim();
    if (query !== this.kept) {
      history.pushState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
      this.name(query);
    }
  }

  read() {
    this.name(this.kept);
    if (this.kept !== this.field.value.trim()) this.field.value = this.kept;
    if (this.kept || this.shown) this.show();
  }

  name(query) {
    document.title = query ? `${query} – ${this.title}` : this.title;
  }

  open() {
    this.opening ??= import(`${this.form.dataset.index}pagefind.js`).then(async ({ createInstance }) => {
      const index = createInstance({ noWorker: true, baseUrl: "/" });
      await index.init();
      return index;
    });
    return this.opening;
  }

  async show() {
    clearTimeout(this.timer);
    const query = this.field.value.trim();
    if (query === this.shown) return;
    this.shown = query;
    this.turn += 1;
    const { turn } = this;
    const units = unitsOf(query);
    const waiting = setTimeout(() => this.say(this.text("wait")), SLOW);
    try {
      const hits = units.length ? await find(await this.open(), units) : [];
      const first = await Promise.all(hits.slice(0, A_PAGE).map((hit) => this.item(hit)));
      if (turn !== this.turn) return;
      this.hits = hits.slice(A_PAGE);
      this.part.list.replaceChildren(...first);
      this.part.more.hidden = !this.hits.length;
      if (hits.length) this.turnTo("results", this.text(this.plurals.select(hits.length), query, hits.length));
      else if (query) this.turnTo("advice", this.text("nothing", query));
      else this.turnTo("browse", "");
    } catch {
      if (turn !== this.turn) return;
      this.opening = undefined;
      this.shown = undefined;
      this.turnTo("browse", this.text("failed"));
    } finally {
      clearTimeout(waiting);
    }
  }

  text(name, query = "", count = 0) {
    const text = this.part.status.dataset[name];
    return text.replace("{number}", this.numbers.format(count)).replace("{query}", () => query);
  }

  say(text) {
    this.part.status.textContent = text;
  }

  turnTo(part, text) {
    this.say(text);
    this.part.results.hidden = part !== "results";
    this.part.browse.hidden = part === "results";
    this.part.advice.hidden = part !== "advice";
  }

  async showMore() {
    const items = await Promise.all(this.hits.splice(0, A_PAGE).map((hit) => this.item(hit)));
    this.part.list.append(...items);
    this.part.more.hidden = !this.hits.length;
    items[0].querySelector("a").focus();
  }

  async item({ result, units }) {
    const { url, content, meta } = await result.data();
    const words = content.split(" ");
    const [body, topics] = [words.indexOf(SEAM) + 1, words.lastIndexOf(SEAM)];
    const spans = spansOf(units);
    const item = this.part.item.content.cloneNode(true);
    const at = (selector) => item.querySelector(selector);
    at("a").href = url;
    write(at("a"), words, 0, body - 1, spans);
    const [begin, end] = excerptOf(words, body, topics, spans);
    at("[data-excerpt]").append(begin > body ? "… " : "");
    write(at("[data-excerpt]"), words, begin, end, spans);
    at("[data-excerpt]").append(end < topics ? " …" : "");
    const [date, ...shown] = meta.date.split(" ");
    if (date) {
      const time = Object.assign(document.createElement("time"), { dateTime: date, textContent: shown.join(" ") });
      at(".dateline").append(time);
    } else {
      at(".dateline").remove();
    }
    const names = textOf(words, topics + 1, words.length).split(` ${BREAK} `).map(named);
    for (const topic of this.part.topics.content.children) {
      if (names.includes(named(topic.textContent))) at(".topics").append(topic.cloneNode(true));
    }
    if (!at(".topics").children.length) at(".topics").remove();
    return item.firstElementChild;
  }
}

for (const form of document.querySelectorAll("form[data-index]")) new SearchPage(form).begin();
