/** A folder on a server: files by address, whole, in parts, or as a stream; what goes wrong in one sentence each. */
import {fileNamed, WholeFilesOnly, type ListedFile, type ListedFolder} from "./listed.js";

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Up to here a file is fetched whole and remembered where the server knows no ranges. */
const SMALL = 8e6;

export function folderOnWeb(
  fetch: Fetch,
  {name, base, files, addressOf}: Pick<ListedFolder, "name" | "base" | "files"> & {addressOf(path: string): string}
): ListedFolder {
  const whole = new Map<string, Promise<Uint8Array>>();
  const sizes = new Map(files.map(({path, size}) => [path, size]));
  const folder: ListedFolder = {
    ...{name, base, files},
    has: (path) => sizes.has(path),
    async bytes(path) {
      const response = await answer(fetch, addressOf(fileNamed(folder, path).path));
      return new Uint8Array(await response.arrayBuffer());
    },
    async slice(path, begin, end) {
      const known = whole.get(path);
      if (known) return (await known).subarray(begin, end);
      const headers = {Range: `bytes=${begin}-${end - 1}`};
      const response = await answer(fetch, addressOf(fileNamed(folder, path).path), {headers});
      if (response.status === 206) return new Uint8Array(await response.arrayBuffer());
      if ((sizes.get(path) ?? Infinity) > SMALL) {
        await response.body?.cancel();
        throw new WholeFilesOnly(path);
      }
      const bytes = response.arrayBuffer().then((buffer) => new Uint8Array(buffer));
      whole.set(path, bytes);
      return (await bytes).subarray(begin, end);
    },
    async stream(path) {
      const {body} = await answer(fetch, addressOf(fileNamed(folder, path).path));
      if (!body) throw new Error(`${path} came without content: try again`);
      return body;
    }
  };
  return folder;
}

/** @throws one sentence when the server does not answer, or not with a file */
export async function answer(fetch: Fetch, url: string, init?: RequestInit): Promise<Response> {
  const {host} = new URL(url);
  const response = await fetch(url, init).catch(() => {
    throw new Error(
      `${host} cannot be reached, or does not let other sites read its files (CORS): look at the address`
    );
  });
  if (response.status === 401 || response.status === 403)
    throw new Error(
      `${host} refuses ${url} (${response.status}): the model is private, or its licence must be accepted there`
    );
  if (!response.ok) throw new Error(`${host} has no ${url} (${response.status}): look at the address`);
  if (isWebPage(response)) throw new Error(`${host} sent a web page in place of ${url}: look at the address`);
  return response;
}

export const isWebPage = ({headers}: Response): boolean =>
  Boolean(headers.get("content-type")?.startsWith("text/html"));

/** What a response's headers say of its file; null where they do not tell its size. */
export function fileOf(path: string, {headers}: Response): ListedFile | null {
  const size = Number(headers.get("content-length") ?? NaN);
  if (!Number.isSafeInteger(size)) return null;
  const version = headers.get("etag") ?? headers.get("last-modified") ?? undefined;
  return {path, size, version};
}
