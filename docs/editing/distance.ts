import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {SourcePicture} from "../components/pictureSource.js";
import {createDistance} from "../page/distance.js";
import {createEmbeddings} from "../page/embeddings.js";
import {recordedEmbeddings, type ClipRecording} from "../page/clipRecording.js";
import {runsOwnModel} from "../page/recordedLatents.js";
import type {Engine} from "../src/worker/client.js";

const UNKNOWN = "How far it is from what your model learned is not known: the training scenes are those of tiny.";

/** What CLIP's chapter has recorded of training scenes, fetched when a picture that is none is chosen. */
export type NearScenes = () => Promise<readonly [ClipRecording, ArrayBuffer]>;

/** Tells of a picture that is no scene how far it is from what the model learned: by the measures of CLIP's chapter. */
export function distanceWords(
  engine: Pick<Engine, "embedTexts" | "embedImages">,
  near: NearScenes,
  scene: (seed: number) => Promise<SourcePicture>
) {
  const node = html("div", {class: "distance-words", role: "status"});
  const embeddings = createEmbeddings(engine);
  let latest: SourcePicture | null = null;

  async function measure(picture: SourcePicture): Promise<void> {
    const [recording, numbers] = await near();
    await embeddings.want([], [picture.pixels]);
    const recorded = recordedEmbeddings(recording, numbers);
    const {anchors: calibration} = recording;
    const distance = createDistance({embeddings, recorded, calibration, scene});
    const found = distance.nearest(picture);
    if (latest !== picture || !found) return;
    const canvas = pixelCanvas(null, {smooth: true, label: `Training scene ${found.index}`});
    void scene(found.index).then(({pixels}) => canvas.paint(pixels));
    const verdict = distance.far(picture)
      ? "This picture is far from what the model learned: expect the drawing to turn it into an emoji scene."
      : "This picture is about as near to what the model learned as scenes are.";
    const numbersOf = ` The nearest of ${calibration.count} training scenes, shown here, has cosine ${found.cosine.toFixed(2)} with it for CLIP (scenes never seen: more than ${calibration.leastCosine.toFixed(2)}), and in looks the nearest differs by ${found.look.toFixed(0)} (scenes never seen: less than ${calibration.mostLook.toFixed(0)}).`;
    node.replaceChildren(canvas, html("span", {}, html("b", {}, verdict), numbersOf));
  }

  return {
    node,
    /** A scene needs no words. */
    tell(picture: SourcePicture): void {
      latest = picture;
      const is =
        picture.kind === "scene" ? "" : runsOwnModel() ? UNKNOWN : "Looking how far it is from the training scenes …";
      node.replaceChildren(is);
      if (picture.kind === "scene" || runsOwnModel()) return;
      measure(picture).catch(() => {
        if (latest === picture)
          node.replaceChildren("How far it is from what the model learned cannot be said until the model is here.");
      });
    }
  };
}
