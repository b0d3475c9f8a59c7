// Builds the style sheets and scripts into src/huiyin/web/static/bundle (ignored by git).
// File names carry no hash here: Django's manifest storage adds it at collectstatic.
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const bundle = join(root, "src/huiyin/web/static/bundle");
const out = `${bundle}.new`; // takes the bundle's place only when all is built
const modules = join(root, "node_modules");
const targets = ["chrome100", "firefox100", "safari15"];

// The only pictures our style sheets refer to; everything else of the packages stays out.
const icons = [
  "icon-close-cross-black.svg",
  "icon-document.svg",
  "icon-tag-remove-cross-white.svg",
  "icon-tag-remove-cross.svg",
  "icon-toggle-plus-minus.svg",
];

const banner =
  "/*! Huiyin (Apache-2.0). Contains parts of govuk-frontend, @ministryofjustice/frontend (MIT), htmx (0BSD), " +
  "echarts (Apache-2.0), maplibre-gl (BSD-3-Clause); full notices in LICENSES.txt beside this file. */\n";

// Warnings of the packages are theirs to mend; ours are shown.
const logger = {
  warn(message, { stack }) {
    if (!stack?.includes("node_modules")) console.warn(message, stack ?? "");
  },
};

async function styles(name) {
  const compiled = sass.compile(join(here, "scss", `${name}.scss`), {
    loadPaths: [root, modules],
    logger,
    quietDeps: true,
    style: "expanded",
  });
  const source = compiled.css.replaceAll("line-height: 1.501", "line-height: var(--hy-leading)");
  const small = await esbuild.transform(source, { loader: "css", minify: true, target: targets });
  await writeFile(join(out, `${name}.css`), banner + small.code);
}

async function scripts(entries) {
  await esbuild.build({
    entryPoints: entries.map((name) => join(here, "js", `${name}.js`)),
    outdir: out,
    bundle: true,
    minify: true,
    format: "iife",
    target: targets,
    legalComments: "none",
    banner: { js: banner },
    logLevel: "warning",
  });
}

async function mapFiles() {
  // MapLibre finds its worker through import.meta.url, which only a module has; map.js says where it lies.
  await esbuild.build({
    entryPoints: [join(here, "js/map.js")],
    outfile: join(out, "map.js"),
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome108", "firefox115", "safari16.4"],
    legalComments: "none",
    banner: { js: banner },
    logLevel: "warning",
  });
  await esbuild.build({
    entryPoints: [join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs")],
    outfile: join(out, "map-worker.js"),
    bundle: true,
    minify: true,
    format: "esm",
    legalComments: "none",
    banner: { js: banner },
    logLevel: "warning",
  });
  const css = await readFile(join(modules, "maplibre-gl/dist/maplibre-gl.css"), "utf8");
  const small = await esbuild.transform(css, { loader: "css", minify: true, target: targets });
  await writeFile(join(out, "map.css"), banner + small.code);
}

async function notices() {
  const kept = {
    "govuk-frontend": null, // the package carries no licence file; see package.json
    "@ministryofjustice/frontend": null,
    "htmx.org": "LICENSE",
    echarts: "LICENSE",
    zrender: "LICENSE",
    "maplibre-gl": "LICENSE.txt",
  };
  const parts = [];
  for (const [name, file] of Object.entries(kept)) {
    const about = JSON.parse(await readFile(join(modules, name, "package.json"), "utf8"));
    const text = file ? await readFile(join(modules, name, file), "utf8") : await mit(name);
    parts.push(`${name} ${about.version} (${about.license})\n\n${text.trim()}\n`);
  }
  await writeFile(join(out, "LICENSES.txt"), parts.join(`\n${"-".repeat(80)}\n\n`));
}

async function mit(name) {
  const holder = name.startsWith("@") ? "Ministry of Justice (United Kingdom)" : "Crown Copyright (Government Digital Service)";
  const text = await readFile(join(here, "mit.txt"), "utf8");
  return text.replace("{holder}", holder);
}

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "images"), { recursive: true });
await Promise.all([
  styles("public"),
  styles("staff"),
  scripts(["public", "staff", "charts"]),
  mapFiles(),
  notices(),
  ...icons.map((icon) =>
    copyFile(join(modules, "@ministryofjustice/frontend/moj/assets/images", icon), join(out, "images", icon)),
  ),
]);
await rm(bundle, { recursive: true, force: true });
await rename(out, bundle);
