import type {Decoding} from "../page/decoding.js";
import type {Store} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import type {Drawing} from "./drawing.js";
import type {Player} from "./playing.js";
import type {PlayState} from "./state.js";

/** Everything that the page's views draw on. */
export interface Parts {
  store: Store<PlayState>;
  decoding: Decoding;
  drawing: Drawing;
  player: Player;
  engine: Engine;
  /** The address that holds every control's state. */
  link(): string;
}
