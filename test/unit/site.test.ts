import {existsSync, lstatSync, readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {chapters, nextChapter} from "../../scripts/site/chapters.js";
import {footer} from "../../scripts/site/footer.js";
import {head, relativeToPage} from "../../scripts/site/head.js";
import {header} from "../../scripts/site/header.js";

const info = {title: "Noise", data: {}, path: "/noise"};

describe("the navigation", () => {
  test("links every page once, in its part of the pipeline, and marks where the reader is", () => {
    const html = header(info);
    for (const chapter of chapters.slice(1)) expect(html.split(`href="/${chapter.slug}" data-chapter`)).toHaveLength(2);
    expect(html.match(/aria-current/g)).toHaveLength(1);
    const box = html.slice(html.indexOf('<li class="unet">'), html.indexOf('<li class="decoder">'));
    expect(box).toContain('<a href="/noise" data-chapter aria-current="page">');
  });

  test("leads on to the next page, and from the last to none", () => {
    expect(nextChapter("/index")?.slug).toBe("text");
    expect(nextChapter("/model")).toBeUndefined();
    expect(nextChapter("/gallery")).toBeUndefined();
    expect(footer({...info, path: "/model"})).not.toContain("Next:");
  });

  test("knows the pages on the disk", () => {
    const pages = readdirSync("docs").filter((name) => name.endsWith(".md") && name !== "gallery.md");
    expect(pages.map((name) => name.slice(0, -3)).sort()).toEqual(chapters.map(({slug}) => slug).sort());
  });
});

describe("the head of a page", () => {
  test("takes the description of its front matter, made safe", () => {
    expect(head({...info, data: {description: 'a "b" <c>'}})).toContain('content="a &quot;b&quot; &lt;c&gt;"');
  });

  test("finds KaTeX's style sheet wherever the site is hosted", () => {
    expect(relativeToPage("/index", "_file/x.css")).toBe("./_file/x.css");
    expect(relativeToPage("/a/b", "_file/x.css")).toBe("../_file/x.css");
  });
});

/** Markdown below `folder`, links followed as Framework follows them. */
function markdownBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, {recursive: true, encoding: "utf8"}).filter((name) => name.endsWith(".md"));
}

test.each(["src", "components", "scenes", "models"])(
  "docs/%s is a link, and no markdown in it becomes a page",
  (name) => {
    expect(lstatSync(join("docs", name)).isSymbolicLink()).toBe(true);
    expect(markdownBelow(join("docs", name))).toEqual([]);
  }
);

/** The custom properties of style.css by colour scheme. */
function palette(scheme: "light" | "dark"): Map<string, string> {
  const css = readFileSync("docs/style.css", "utf8");
  const [light, dark] = css.split("@media (prefers-color-scheme: dark)");
  const source = scheme === "light" ? light : `${light}${dark.slice(0, dark.indexOf("\n}"))}`;
  return new Map(Array.from(source.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g), ([, name, value]) => [name, value]));
}

/** Relative luminance of "#rrggbb" after WCAG 2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const text = ["text", "text-muted", "link", "danger", "good"];
const strong = ["text-encoder-strong", "unet-strong", "decoder-strong"];
const syntax = ["keyword", "entity", "constant", "string", "variable", "tag"].map((name) => `syntax-${name}`);

describe.each(["light", "dark"] as const)("in the %s scheme", (scheme) => {
  const colours = palette(scheme);
  const ratio = (a: string, b: string) => contrast(colours.get(a)!, colours.get(b)!);

  test.each([...text, ...strong])("%s can be read on the page, on a panel and on a raised one", (name) => {
    for (const ground of ["ground", "panel", "raised"]) expect(ratio(name, ground), ground).toBeGreaterThanOrEqual(4.5);
  });

  test.each(syntax)("%s can be read in a block of code", (name) => {
    expect(ratio(name, "panel")).toBeGreaterThanOrEqual(4.5);
  });

  test.each(["text-encoder", "unet", "decoder"])("%s has ink that can be read on its soft panel", (name) => {
    expect(ratio(`${name}-ink`, `${name}-soft`)).toBeGreaterThanOrEqual(7);
    expect(ratio("link", `${name}-soft`)).toBeGreaterThanOrEqual(4.5);
  });

  test("controls have edges that can be seen, and the primary button words that can be read", () => {
    expect(ratio("line-strong", "raised")).toBeGreaterThanOrEqual(3);
    expect(ratio("line-strong", "ground")).toBeGreaterThanOrEqual(3);
    expect(ratio("ground", "unet-strong")).toBeGreaterThanOrEqual(4.5);
    expect(ratio("text", "danger-soft")).toBeGreaterThanOrEqual(4.5);
  });
});

test("the gallery shows every component", () => {
  const shown = ["docs/gallery.md", "docs/home/gallery.ts"].map((path) => readFileSync(path, "utf8")).join();
  const components = readdirSync("components")
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -3))
    .filter((name) => readFileSync(`components/${name}.ts`, "utf8").includes(`export function ${name}(`));
  expect(components.length).toBeGreaterThan(60);
  expect(components.filter((name) => !shown.includes(`components/${name}.js`))).toEqual([]);
});
