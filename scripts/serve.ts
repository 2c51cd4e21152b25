import {existsSync} from "node:fs";
import {listen, siteServer} from "./serve/server.js";
import {serveOptions} from "./serve/options.js";

/** `npm run serve`: serves dist/ and prints the address. */
async function serve(): Promise<void> {
  const {host, port, tries} = serveOptions(process.argv.slice(2), process.env);
  if (!existsSync("dist/index.html"))
    throw new Error('dist/ holds no site yet: run "npm run build" first, or "npm start" for both');
  const server = siteServer("dist");
  const actual = await listen(server, host, port, tries);
  console.info(`Diffusion Unrolled is at http://${host.includes(":") ? `[${host}]` : host}:${actual}/`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => server.close().closeAllConnections());
}

serve().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
