/** A model of the Hugging Face hub, by its id: https://huggingface.co/docs/hub/api. */
import {rootOf, type ListedFile, type ListedFolder} from "./listed.js";
import {answer, folderOnWeb, type Fetch} from "./web.js";

export const HUB = "https://huggingface.co";

export interface HubModel {
  /** "owner/name" */
  readonly id: string;
  readonly revision: string;
}

interface TreeEntry {
  readonly type: "file" | "directory";
  readonly path: string;
  readonly size: number;
  /** git's hash of the file, or of the pointer to a large one. */
  readonly oid: string;
  readonly lfs?: {readonly oid: string};
}

/**
 * "owner/name", "owner/name@revision", or the address of a model's page.
 * @throws when it is none of these
 */
export function parseHubId(text: string): HubModel {
  const path = text
    .trim()
    .replace(/^https:\/\/(www\.)?huggingface\.co\//, "")
    .replace(/\/$/, "");
  const [, id, , tree, at] = /^([\w.-]+\/[\w.-]+)(\/tree\/([\w./-]+)|@([\w./-]+))?$/.exec(path) ?? [];
  if (!id) throw new Error(`${text} is no hub id: write owner/name, or owner/name@revision`);
  return {id, revision: tree ?? at ?? "main"};
}

/** @param endpoint of the hub, or of a mirror of it */
export async function folderOnHub({id, revision}: HubModel, fetch: Fetch, endpoint = HUB): Promise<ListedFolder> {
  const at = encodeURIComponent(revision);
  const entries = await allPages(fetch, `${endpoint}/api/models/${id}/tree/${at}?recursive=true`);
  const listed = entries.filter(({type}) => type === "file");
  const root = rootOf(listed.map(({path}) => path));
  const files = listed.filter(({path}) => path.startsWith(root)).map((entry) => fileOf(entry, root));
  const base = `${endpoint}/${id}/resolve/${at}/${root}`;
  const addressOf = (path: string): string => base + path.split("/").map(encodeURIComponent).join("/");
  return folderOnWeb(fetch, {name: id.split("/")[1], base, files, addressOf});
}

/** Large files go by the SHA-256 of their content, small ones by git's hash. */
function fileOf({path, size, oid, lfs}: TreeEntry, root: string): ListedFile {
  return {path: path.slice(root.length), size, ...(lfs ? {sha256: lfs.oid} : {version: oid})};
}

/** A long listing comes in pages, each naming the next one in its Link header. */
async function allPages(fetch: Fetch, first: string): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for (let url: string | undefined = first; url;) {
    const response = await answer(fetch, url);
    entries.push(...((await response.json()) as TreeEntry[]));
    const next: string | undefined = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    url = next && new URL(next, url).href;
  }
  return entries;
}
