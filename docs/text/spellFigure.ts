import {html} from "../components/dom.js";
import {mergeLadder} from "../components/mergeLadder.js";
import {slider} from "../components/slider.js";
import {textField} from "../components/textField.js";
import {replay, splitWords, type Replay} from "../src/models/bytePairs.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {figureOf} from "./captions.js";
import {finalPieces, rungsOf, verdict, type TokenCounts} from "./spelling.js";
import type {TextState} from "./state.js";

/** Milliseconds that a merge stands while they are replayed. */
const PACE = 800;

/** A word, its merges one by one, and what training saw of its pieces. */
export function spellFigure(store: Store<TextState>, counts: TokenCounts): HTMLElement {
  const {state, set} = store;
  const recorded = counts.replays.map(({word}) => word);
  const field = textField("Word", {value: state.word, examples: recorded.slice(0, 5), maxLength: 40});
  field.addEventListener("input", () => set({word: field.value, rung: null, replaying: false}));
  const ladder = mergeLadder([]);
  let merges = 1;
  const place = slider("Merges", {min: 0, max: merges, format: (count) => `${count} of ${merges}`});
  place.addEventListener("input", () => set({rung: place.value, replaying: false}));
  const again = html("button", {type: "button", class: "chip"}, "Replay");
  again.addEventListener("click", () => set(state.replaying ? {replaying: false} : {rung: 0, replaying: true}));
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** One merge more after a while, as long as they are replayed. */
  function advance(): void {
    timer = undefined;
    const next = (state.rung ?? merges) + 1;
    if (state.replaying && next <= merges && again.isConnected) set({rung: next});
    else set({replaying: false});
  }
  const [says, caption] = [html("p", {class: "verdict"}), html("figcaption", {})];

  onSelected(store, ["word", "rung", "replaying", "bytePairs"], (now) => {
    field.value = now.word;
    const shown = replayOf(now, counts);
    if (!shown) {
      ladder.update([], 0, []);
      says.textContent = `Without the model’s tokenizer only these words can be shown: ${recorded.join(", ")}.`;
      return;
    }
    merges = shown.merges.length;
    const count = Math.min(now.rung ?? merges, merges);
    place.max = merges;
    place.value = count;
    place.disabled = merges === 0;
    again.textContent = now.replaying ? "Pause" : "Replay";
    again.disabled = merges === 0;
    if (now.replaying) timer ??= setTimeout(advance, PACE);
    const pieces = finalPieces(shown, now.bytePairs?.ids ?? counts.ids, counts);
    ladder.update(rungsOf(shown), count + 1, pieces);
    says.textContent = verdict(shown, pieces);
    caption.textContent = captionOf(counts, now.bytePairs !== null);
  });

  return figureOf("From letters to tokens", field, html("div", {class: "replay"}, place, again), ladder, says, caption);
}

function captionOf({merges, captions, scenes}: TokenCounts, live: boolean): string {
  const [many, all] = [captions, scenes].map((count) => count.toLocaleString("en"));
  const source = live ? "merges computed in this browser by the model’s own list" : "recorded merges";
  return `${source} of ${merges} · how often a piece stands in a caption: recorded, over the ${many} captions of CLIP’s ${all} training scenes`;
}

/** The first word of what was typed; where the tokenizer is missing, one of those recorded, or null. */
function replayOf({bytePairs, word}: Readonly<TextState>, {replays}: TokenCounts): Replay | null {
  const first = splitWords(word)[0] ?? "";
  return bytePairs ? replay(bytePairs, first) : (replays.find((one) => one.word === first) ?? null);
}
