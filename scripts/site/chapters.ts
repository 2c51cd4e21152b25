import {existsSync} from "node:fs";
import {join} from "node:path";

/** A page of the site: its file name in docs, the word in the menu, and the question it answers. */
export interface Chapter {
  slug: string;
  title: string;
  question: string;
}

/** The book in reading order. A chapter is linked as soon as its page exists, and named as coming until then. */
export const chapters: readonly Chapter[] = [
  {slug: "index", title: "The whole picture", question: "What happens between the words and the picture?"},
  {slug: "text", title: "Text", question: "How do words become numbers?"},
  {slug: "clip", title: "CLIP", question: "How does it know that words fit a picture?"},
  {slug: "autoencoder", title: "Autoencoder", question: "Why not work on pixels?"},
  {slug: "noise", title: "Noise", question: "What is noising, exactly?"},
  {slug: "learning", title: "Learning", question: "What does the network learn, and why in many steps?"},
  {slug: "samplers", title: "Samplers", question: "How does noise become a picture, and why do samplers differ?"},
  {slug: "derivation", title: "Derivation", question: "Where do the formulas come from?"},
  {slug: "unet", title: "UNet", question: "What is inside the box?"},
  {slug: "attention", title: "Attention", question: "Where does each word look?"},
  {slug: "guidance", title: "Guidance", question: "What does the guidance scale do?"},
  {slug: "editing", title: "Editing", question: "Can it start from a picture?"},
  {slug: "playground", title: "Playground", question: "Let me just use it."},
  {slug: "model", title: "The model", question: "Which model is this, how was it made, can I bring mine?"}
];

/** The slugs of the chapters whose page exists under `root`. */
export function builtChapters(root: string): Set<string> {
  return new Set(chapters.map(({slug}) => slug).filter((slug) => existsSync(join(root, `${slug}.md`))));
}

/** The built chapter that follows the page at `path` ("/noise") in reading order, if any. */
export function nextChapter(path: string, built: ReadonlySet<string>): Chapter | undefined {
  const index = chapters.findIndex(({slug}) => `/${slug}` === path);
  return index < 0 ? undefined : chapters.slice(index + 1).find(({slug}) => built.has(slug));
}

/** The address of a chapter from the root of the site; Framework makes it relative to each page. */
export function chapterHref({slug}: Chapter): string {
  return slug === "index" ? "/" : `/${slug}`;
}
