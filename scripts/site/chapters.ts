/** The boxes of the pipeline that chapters belong to; "use" is what one does with the whole of it. */
export type Part = "whole" | "text-encoder" | "unet" | "decoder" | "use";

/** A page of the site: its file name in docs, the part of the pipeline it opens, the word in the menu, and the question it answers. */
export interface Chapter {
  slug: string;
  part: Part;
  title: string;
  question: string;
}

/** The book in reading order. */
export const chapters: readonly Chapter[] = [
  {
    slug: "index",
    part: "whole",
    title: "The whole picture",
    question: "What happens between the words and the picture?"
  },
  {slug: "text", part: "text-encoder", title: "Text", question: "How do words become numbers?"},
  {slug: "clip", part: "text-encoder", title: "CLIP", question: "How does it know that words fit a picture?"},
  {slug: "autoencoder", part: "decoder", title: "Autoencoder", question: "Why not work on pixels?"},
  {slug: "noise", part: "unet", title: "Noise", question: "What is noising, exactly?"},
  {slug: "learning", part: "unet", title: "Learning", question: "What does the network learn, and why in many steps?"},
  {
    slug: "samplers",
    part: "unet",
    title: "Samplers",
    question: "How does noise become a picture, and why do samplers differ?"
  },
  {slug: "derivation", part: "unet", title: "Derivation", question: "Where do the formulas come from?"},
  {slug: "unet", part: "unet", title: "UNet", question: "What is inside the box?"},
  {slug: "attention", part: "unet", title: "Attention", question: "Where does each word look?"},
  {slug: "guidance", part: "unet", title: "Guidance", question: "What does the guidance scale do?"},
  {slug: "editing", part: "use", title: "Editing", question: "Can it start from a picture?"},
  {slug: "playground", part: "use", title: "Playground", question: "Let me just use it."},
  {slug: "model", part: "use", title: "The model", question: "Which model is this, how was it made, can I bring mine?"}
];

/** The chapter at `path` ("/noise"), if any. */
export function chapterAt(path: string): Chapter | undefined {
  return chapters.find(({slug}) => `/${slug}` === path);
}

/** The chapter that follows the page at `path` in reading order, if any. */
export function nextChapter(path: string): Chapter | undefined {
  const chapter = chapterAt(path);
  return chapter && chapters[chapters.indexOf(chapter) + 1];
}

/** The address of a chapter from the root of the site; Framework makes it relative to each page. */
export function chapterHref({slug}: Chapter): string {
  return slug === "index" ? "/" : `/${slug}`;
}
