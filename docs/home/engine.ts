import type {Engine as WholeEngine} from "../src/worker/client.js";

/** What the home page needs of the engine; tests bring their own. */
export type Engine = Pick<WholeEngine, "status" | "onStatus" | "load" | "draw" | "decode" | "tokenize">;
