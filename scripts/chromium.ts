import {execFileSync, type ExecFileSyncOptions} from "node:child_process";
import {accessSync, constants} from "node:fs";
import {delimiter, join} from "node:path";
import {fileURLToPath} from "node:url";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The first of `names` that can be run from one of `folders`. */
export function findProgram(names: readonly string[], folders: readonly string[]): string | undefined {
  const paths = names.flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name)));
  return paths.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs Debian's Chromium; needs root. */
function install(): void {
  console.error("no Chromium on this machine: installing it with apt-get");
  const options: ExecFileSyncOptions = {
    stdio: ["ignore", "inherit", "inherit"],
    env: {...process.env, DEBIAN_FRONTEND: "noninteractive"}
  };
  execFileSync("apt-get", ["update", "-q"], options);
  execFileSync("apt-get", ["install", "-qy", "--no-install-recommends", "chromium"], options);
}

/**
 * The path of Chromium: what the environment's CHROMIUM names, else what PATH holds, else, as root on a machine with apt-get, freshly
 * installed. Otherwise an error that says what to do.
 */
export function chromiumPath(): string {
  const {CHROMIUM, PATH = ""} = process.env;
  if (CHROMIUM) {
    if (isExecutable(CHROMIUM)) return CHROMIUM;
    throw new Error(`CHROMIUM names ${CHROMIUM}, which cannot be run: give the path of a Chromium, or unset it`);
  }
  const folders = PATH.split(delimiter);
  const find = () => findProgram(NAMES, folders);
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0 && findProgram(["apt-get"], folders)) install();
  const installed = find();
  if (installed) return installed;
  throw new Error('no Chromium found: install it ("apt-get install chromium" as root) or set CHROMIUM to its path');
}

/** Flags under which Chromium runs headless with WebGPU on the processor, and asks nobody for anything by itself. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader"
] as const;

if (process.argv[1] === fileURLToPath(import.meta.url)) console.info(chromiumPath());
