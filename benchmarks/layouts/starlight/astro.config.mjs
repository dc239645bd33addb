// What a new project has, and languages; settings.json is written by benchmarks/peers/starlight.py.
import { readFileSync } from "node:fs";
import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";

const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf-8"));

export default defineConfig({ site: settings.site, integrations: [starlight(settings.starlight)] });
