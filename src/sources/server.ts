/** A model folder on any web server: by its manifest where it has one, else by asking for each file that could be there. */
import {parseJson, type Manifest} from "../models/folder.js";
import {externalFiles} from "../trace/signature.js";
import {readHeader} from "../trace/header.js";
import {WholeFilesOnly, type ListedFile, type ListedFolder} from "./listed.js";
import {answer, fileOf, folderOnWeb, isWebPage, type Fetch} from "./web.js";

const GRAPHS = ["text_encoder", "unet", "vae_decoder", "vae_encoder"];

/** Contract 1's files. What else a graph needs it names itself. */
const KNOWN = [
  "model_index.json",
  "vocabulary.json",
  "self_test.json",
  "scheduler/scheduler_config.json",
  ...["tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "special_tokens_map.json"].map(
    (name) => `tokenizer/${name}`
  ),
  ...GRAPHS.flatMap((part) => [`${part}/config.json`, `${part}/model.onnx`]),
  "unet/controls.onnx",
  ...["config.json", "tokenizer.json", "tokenizer_config.json", "preprocessor_config.json"].map(
    (name) => `clip/${name}`
  ),
  ...["text_model", "vision_model"].map((name) => `clip/onnx/${name}.onnx`)
];

/** @param address of the folder; a slash at its end is added where it lacks one */
export async function folderOnServer(address: string, fetch: Fetch): Promise<ListedFolder> {
  const base = parseAddress(address);
  const name = decodeURIComponent(new URL(base).pathname.split("/").at(-2) || new URL(base).host);
  const addressOf = (path: string): string => base + path.split("/").map(encodeURIComponent).join("/");
  const open = (files: readonly ListedFile[]): ListedFolder => folderOnWeb(fetch, {name, base, files, addressOf});

  const manifest = await manifestAt(addressOf("manifest.json"), fetch);
  if (manifest) return {...open(manifest.files), name: manifest.name, manifest};

  const probe = async (paths: readonly string[]): Promise<ListedFile[]> =>
    (await Promise.all(paths.map((path) => probed(path, addressOf(path), fetch)))).filter((file) => file !== null);
  const found = await probe(KNOWN);
  const folder = open(found);
  return open([...found, ...(await probe(await weightFiles(folder)))]);
}

/** @throws when it is no address of the web */
export function parseAddress(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${text} is no address: write https://host/folder/`);
  url.search = url.hash = "";
  url.pathname = url.pathname.replace(/(model_index\.json|manifest\.json)?$/, "").replace(/\/?$/, "/");
  return url.href;
}

/** Null where the server has none, whatever it says instead. @throws when it cannot be reached at all */
async function manifestAt(url: string, fetch: Fetch): Promise<Manifest | null> {
  const response = await answer((address) => fetch(address, {cache: "no-cache"}).then(orNothing), url);
  const text = await response.text();
  return text ? parseJson<Manifest>(text, "manifest.json") : null;
}

/** A file that is not there, as an empty one; refusals stay what they are. */
const orNothing = (response: Response): Response =>
  response.status === 404 || (response.ok && isWebPage(response)) ? new Response("") : response;

/** HEAD, or where that is not answered the first byte: size and version of a file; null where it is not there. */
async function probed(path: string, url: string, fetch: Fetch): Promise<ListedFile | null> {
  const head = await fetch(url, {method: "HEAD"}).catch(() => null); // some hosts let others read their files, not their refusals
  if (!head) return null;
  if (head.ok && !isWebPage(head) && head.headers.has("content-length")) return fileOf(path, head);
  if (head.status === 404 || isWebPage(head)) return null;
  const part = await fetch(url, {headers: {Range: "bytes=0-0"}});
  await part.body?.cancel();
  if (!part.ok || isWebPage(part)) return null;
  const size = /\/(\d+)$/.exec(part.headers.get("content-range") ?? "")?.[1] ?? part.headers.get("content-length");
  if (!size) throw new Error(`the server does not say how large ${path} is: try another one, or a folder of your disk`);
  return {
    path,
    size: Number(size),
    version: part.headers.get("etag") ?? part.headers.get("last-modified") ?? undefined
  };
}

/** Names that exporters give to a file of weights, to be tried where a graph cannot be read in part. */
const WEIGHTS = ["model.onnx_data", "model.onnx.data", "weights.pb"];

/** The files of weights that the graphs name. */
async function weightFiles(folder: ListedFolder): Promise<string[]> {
  const graphs = folder.files.filter(({path}) => path.endsWith(".onnx"));
  const named = await Promise.all(
    graphs.map(async ({path, size}) => {
      const beside = path.slice(0, path.lastIndexOf("/") + 1);
      return (await locationsOf(folder, path, size)).map((name) => beside + name);
    })
  );
  return [...new Set(named.flat())];
}

async function locationsOf(folder: ListedFolder, path: string, size: number): Promise<readonly string[]> {
  try {
    return externalFiles((await readHeader((begin, end) => folder.slice(path, begin, end), size)).model);
  } catch (error) {
    if (error instanceof WholeFilesOnly) return WEIGHTS;
    throw error;
  }
}
