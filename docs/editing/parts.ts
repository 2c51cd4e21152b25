import type {ErrorNote} from "../components/errorNote.js";
import type {Pixels} from "../components/pixels.js";
import type {ProgressBar} from "../components/progressBar.js";
import type {Decoding} from "../page/decoding.js";
import type {Store} from "../page/store.js";
import type {Turns} from "../page/turns.js";
import type {Tensor} from "../src/tensor.js";
import type {Drawer} from "./drawing.js";
import type {EditingRecording, Recorded} from "./recording.js";
import type {EditingState} from "./state.js";

/** What every figure of the page draws on. */
export interface PageParts {
  readonly store: Store<EditingState>;
  readonly engine: Drawer;
  readonly turns: Turns;
  readonly decoding: Decoding;
  readonly recording: EditingRecording;
  readonly recorded: Recorded;
  /** The decoded picture of latents where it is known, else the linear preview. */
  look(latents: Tensor): Pixels;
  /** The noised picture that a run of this state begins with. */
  startOf(state: EditingState): Tensor;
  readonly working: ProgressBar;
  readonly error: ErrorNote;
}
