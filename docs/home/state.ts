import type {TileKey} from "../components/equation.js";
import type {LinearPreview} from "../components/pixels.js";
import type {ProgressData} from "../components/progressBar.js";
import type {RunSettings} from "../components/runSettings.js";
import type {Vocabulary} from "../components/vocabulary.js";
import type {Branch, Film} from "../page/film.js";

/** What the home page knows. The film is the trunk that the page shows; branches have left it. */
export interface HomeState {
  prompt: string;
  settings: RunSettings;
  film: Film;
  step: number;
  view: "x0" | "xt";
  playing: boolean;
  unrolled: boolean;
  opened: TileKey | null;
  /** A guidance scale tried on the shown step alone. */
  triedScale: number | null;
  branches: readonly Branch[];
  work: ProgressData | null;
  error: string | null;
  /** What the engine tells of itself beside errors: it was started again, or runs on another backend. */
  notice: string | null;
  modelName: string;
  preview: LinearPreview;
  vocabulary: Vocabulary | null;
  /** How many pictures the decoder has made: a change means that views may show them. */
  decoded: number;
}
