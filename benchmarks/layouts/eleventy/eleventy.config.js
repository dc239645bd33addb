// Collections of lists, and templates that paginate over them. Translations are found here as well, since Eleventy's
// own plugin for languages takes a tenth of the build.
import { readFileSync } from "node:fs";
import { rssPlugin } from "@11ty/eleventy-plugin-rss";

const site = JSON.parse(readFileSync(new URL("content/_data/site.json", import.meta.url), "utf-8"));
const languages = Object.keys(site.languages);
const dates = Object.fromEntries(
  languages.map((lang) => [lang, new Intl.DateTimeFormat(lang, { dateStyle: "long", timeZone: "UTC" })]),
);

export default function (config) {
  config.addPlugin(rssPlugin);
  config.addFilter("iso", (date) => date.toISOString().slice(0, 10));
  config.addFilter("date", (date, lang) => dates[lang].format(date));
  config.addFilter("versions", (path) => Object.fromEntries(languages.map((lang) => [lang, `/${lang}/${path}`])));
  config.addCollection("lists", (api) => [...series(api)].flatMap((list) => [...pages(list)]));
  config.addCollection("feeds", (api) => [...series(api)].map(feed));
  config.addCollection("indexes", (api) => languages.map((lang) => index(byLanguage(api)[lang], lang)));
  return {
    dir: { input: "content", output: "_site" },
    markdownTemplateEngine: false,
    htmlTemplateEngine: false,
  };
}

/** The articles of each language, newest first, each with its neighbours and its addresses by language. */
function byLanguage(api) {
  const articles = Object.fromEntries(languages.map((lang) => [lang, []]));
  const translations = {};
  for (const item of api.getAllSorted()) {
    if (item.data.type !== "article") continue;
    articles[item.data.lang].push(item);
    (translations[item.fileSlug] ??= {})[item.data.lang] = item.url;
    item.data.versions = translations[item.fileSlug];
  }
  for (const list of Object.values(articles)) {
    list.reverse();
    list.forEach((item, n) => Object.assign(item.data, { newer: list[n - 1], older: list[n + 1] }));
  }
  return articles;
}

/** All lists of articles: of each language, of its section, of each of its tags. */
function* series(api) {
  for (const [lang, articles] of Object.entries(byLanguage(api))) {
    yield { lang, path: "", title: site.title, entries: articles };
    yield { lang, path: "news/", title: "News", entries: articles };
    for (const [tag, entries] of byTag(articles)) yield { lang, path: `tags/${tag}/`, title: tag, entries };
  }
}

function byTag(articles) {
  const tags = new Map();
  for (const item of articles) {
    for (const tag of item.data.tags) {
      if (!tags.has(tag)) tags.set(tag, []);
      tags.get(tag).push(item);
    }
  }
  return [...tags].sort(([one], [other]) => (one < other ? -1 : 1));
}

function* pages({ lang, path, title, entries }) {
  const count = Math.max(1, Math.ceil(entries.length / site.pageSize));
  const address = (n) => `/${lang}/${path}${n > 1 ? `page/${n}/` : ""}`;
  for (let n = 1; n <= count; n++) {
    yield {
      lang,
      path,
      title,
      number: n,
      url: address(n),
      newer: n > 1 ? address(n - 1) : null,
      older: n < count ? address(n + 1) : null,
      entries: entries.slice((n - 1) * site.pageSize, n * site.pageSize),
    };
  }
}

function feed({ lang, path, title, entries }) {
  return { lang, title, url: `/${lang}/${path}feed.xml`, entries: entries.slice(0, site.feedSize) };
}

function index(articles, lang) {
  return { lang, articles, tags: byTag(articles).map(([name, entries]) => ({ name, count: entries.length })) };
}
