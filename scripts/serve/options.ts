import {parseArgs} from "node:util";

/** Where to listen. A port that was asked for is taken or refused; the usual one gives way to the next free one. */
export interface ServeOptions {
  host: string;
  port: number;
  tries: number;
}

const USUAL_PORT = 3000;

/** Reads `--port`, `--host` and the environment's PORT and HOST. */
export function serveOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): ServeOptions {
  const {values} = parseArgs({args: [...args], options: {port: {type: "string"}, host: {type: "string"}}});
  const host = values.host ?? (env.HOST || "127.0.0.1");
  const asked = values.port ?? (env.PORT || undefined);
  if (asked === undefined) return {host, port: USUAL_PORT, tries: 50};
  const port = Number(asked);
  if (!/^\d+$/.test(asked) || port > 65535)
    throw new Error(`not a port: ${asked}; give a number from 0 (any) to 65535`);
  return {host, port, tries: 1};
}
