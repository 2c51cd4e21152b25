import {html} from "../components/dom.js";
import {pictureGrid} from "../components/pictureGrid.js";
import type {Pixels} from "../components/pixels.js";
import type {Wish} from "../components/runFields.js";
import {openRuns, type StoredRun} from "../src/storage/runs.js";
import {remembered} from "../src/remembered.js";
import {keepRun} from "../page/keepRun.js";
import type {Film} from "../page/film.js";
import type {Parts} from "./parts.js";
import {chained, promptOf, type Fork, type PlayState, type Run} from "./state.js";

/** A drawn picture with all that is needed to draw it again. */
export interface Kept {
  readonly wish: Wish;
  readonly forks: readonly Fork[];
  readonly model: string;
  readonly pixels: Pixels;
}

/** Pictures are small (64 kB): many are kept. The runs behind the newest, with all steps, are kept for every page. */
const KEPT = {database: "diffusion-unrolled-drawn", keep: 48};

/** The run as other pages know runs. */
export const filmOf = ({wish: {prompt, ...settings}, ...run}: Run, model: string): Film => ({
  ...{source: "live", prompt, settings, tokens: [], model},
  ...{steps: run.steps, numSteps: run.numSteps, finished: run.finished}
});

/** What was drawn, newest first, kept in this browser. Storage that fails is as good as empty. */
export function createHistory({store, decoding, drawing, player}: Parts, database: IDBFactory = indexedDB) {
  const pictures = remembered(() => openRuns<Kept>(database, KEPT));
  const films = remembered(() => openRuns<Film>(database));
  const grid = pictureGrid("Pictures drawn in this browser");
  const note = html("p", {class: "caption", role: "status"}, "Nothing is kept yet.");
  const forget = html("button", {type: "button", class: "quiet", hidden: true}, "Forget them all");
  const key = ({wish, forks}: Pick<Run, "wish" | "forks">): string =>
    JSON.stringify([wish, forks, store.state.modelName]);
  let list: StoredRun<Kept>[] = [];

  async function refresh(): Promise<void> {
    list = await (await pictures.get()).list().catch(() => []);
    grid.update(
      list.map(({id, value: {wish, forks, pixels}}) => ({
        ...{key: id, pixels},
        name: `${promptOf({wish, forks})}, seed ${wish.seed}, ${wish.sampler}${forks.length ? ", forked" : ""}: take it up again`,
        words: `${promptOf({wish, forks})} · ${wish.seed}${forks.length ? " · forked" : ""}`
      }))
    );
    forget.hidden = !list.length;
    note.textContent = list.length
      ? `${list.length} ${list.length === 1 ? "picture" : "pictures"}, newest first, kept in this browser alone. Press one to take its settings up again; one that was forked is drawn anew, with its forks.`
      : "Nothing is kept yet: what you draw appears here, and stays in this browser alone.";
  }

  /** Takes a picture's settings up; where its steps are still kept, the run itself. */
  async function takeUp(id: string): Promise<void> {
    const found = list.find((each) => each.id === id);
    if (!found) return;
    const {wish, forks, model} = found.value;
    const change: Partial<PlayState> = {wish, other: {}};
    player.pause();
    if (model !== store.state.modelName) {
      const notice = `${model} drew it. Its settings are in the controls: Draw shows what ${store.state.modelName} makes of them.`;
      return store.set({...change, notice});
    }
    if (forks.length) {
      store.set(change);
      return drawing.draw(chained(forks)); // a fork's steps are not kept
    }
    const run = await keptRun(wish);
    if (!run) {
      store.set({...change, notice: "Its settings are in the controls again: Draw makes it anew, to the pixel."});
      return;
    }
    decoding.put(run.steps[run.steps.length - 1].prevXt, found.value.pixels);
    const tree = [{run, parent: null, label: `the trunk: ${wish.prompt}`}];
    store.set({...change, runs: [run, null], tree, step: run.steps.length - 1, decoded: store.state.decoded + 1});
  }

  async function keptRun(wish: Wish): Promise<Run | null> {
    const {prompt, ...settings} = wish;
    const film = await films.get().then(
      (runs) => runs.get(JSON.stringify({prompt, ...settings})),
      () => null
    );
    if (!film?.value.steps.length || (film.value.model ?? store.state.modelName) !== store.state.modelName) return null;
    const {steps, numSteps, finished} = film.value;
    return {...{source: "live", wish, forks: [], steps, numSteps, finished}};
  }

  grid.addEventListener("input", () => void (grid.value && takeUp(grid.value)));
  forget.addEventListener("click", async () => {
    const kept = await pictures.get();
    for (const {id} of list) await kept.remove(id);
    await refresh();
  });

  return {
    node: html(
      "section",
      {class: "figure wide history", "aria-label": "What you have drawn"},
      ...[note, grid],
      html("div", {}, forget)
    ),
    refresh: () => refresh().catch(() => {}),
    /** Keeps a finished run's picture and, where it was not forked, all its steps. */
    async keep(run: Run): Promise<void> {
      const pixels = decoding.get(run.steps[run.steps.length - 1].prevXt);
      if (!pixels) return;
      if (!run.forks.length) void keepRun(filmOf(run, store.state.modelName));
      const {wish, forks} = run;
      try {
        await (await pictures.get()).save(key(run), {wish, forks, model: store.state.modelName, pixels});
        await refresh();
      } catch {
        console.info("this browser keeps no pictures");
      }
    }
  };
}
