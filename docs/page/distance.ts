import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {SourcePicture} from "../components/pictureSource.js";
import type {Embeddings} from "./embeddings.js";
import {lookDistance, lookOf} from "./coarseLook.js";
import {nearestOf, type Nearest} from "./nearest.js";
import {runsOwnModel} from "./recordedLatents.js";
import type {Calibration, RecordedEmbeddings} from "./clipRecording.js";

/** How far pictures are from what CLIP learned on, by the nearest of some training scenes. */
export interface Distance {
  /** Whether it is farther than each of many scenes that were not trained on, in direction or in looks. */
  far(picture: SourcePicture): boolean;
  nearest(picture: SourcePicture): NearestScene | null;
  /** Sentences with the nearest training scene, shown. */
  words(picture: SourcePicture): (Node | string)[];
}

/** The scene whose embedding points most nearly the same way, and how near the looks of any scene come. */
export interface NearestScene extends Nearest {
  look: number;
}

/** Options: the embeddings and looks of training scenes 0, 1, ..., what is usual, and how a scene is made. */
export interface DistanceOptions {
  embeddings: Embeddings;
  recorded: Pick<RecordedEmbeddings, "anchors" | "looks">;
  calibration: Calibration;
  scene(seed: number): Promise<SourcePicture>;
}

/**
 * Two measures, because one is not enough: a picture of noise has some direction, too, and it may be that of a scene. Looks are blocks
 * of colours and contrasts, and no network takes part in them.
 */
export function createDistance({embeddings, recorded, calibration, scene}: DistanceOptions): Distance {
  const known = new WeakMap<Float32Array, NearestScene>();

  function nearest({pixels}: SourcePicture): NearestScene | null {
    const row = embeddings.picture(pixels);
    if (!row || runsOwnModel()) return null; // another CLIP's directions are no neighbours of the recorded ones
    const found = known.get(row) ?? find(row, lookOf(pixels));
    known.set(row, found);
    return found;
  }

  function find(row: Float32Array, look: Uint8Array): NearestScene {
    const distances = recorded.looks.map((other) => lookDistance(look, other));
    return {...nearestOf(row, recorded.anchors), look: Math.min(...distances)};
  }

  function far(picture: SourcePicture): boolean {
    const found = nearest(picture);
    return found !== null && (found.cosine < calibration.leastCosine || found.look > calibration.mostLook);
  }

  return {
    far,
    nearest,
    words(picture) {
      const found = nearest(picture);
      if (!found && runsOwnModel())
        return [
          "How near it lies to what your model's CLIP learned is not known: the training scenes are recorded for tiny."
        ];
      if (!found) return ["How near it lies to what CLIP learned is not known until the model is here."];
      const {count, checked, leastCosine, mostLook} = calibration;
      const canvas = pixelCanvas(null, {smooth: true, label: `Training scene ${found.index}`});
      canvas.classList.add("nearest-scene");
      void scene(found.index).then(({pixels}) => canvas.paint(pixels));
      const verdict = far(picture)
        ? "This picture is far from what CLIP learned: do not trust what it says of it."
        : "This picture is about as near to what CLIP learned as scenes are.";
      const direction = ` Of ${count} training scenes the nearest in direction, shown here, has cosine ${found.cosine.toFixed(2)} with it; for each of ${checked} scenes that it never saw one has more than ${leastCosine.toFixed(2)}.`;
      const looks = ` In looks (colours and contrasts of 8 × 8 blocks) the nearest differs by ${found.look.toFixed(0)}; for those scenes one differs by less than ${mostLook.toFixed(0)}.`;
      return [canvas, html("span", {}, html("b", {}, verdict), direction, looks)];
    }
  };
}
