"""Processor seconds of one UNet call in native onnxruntime on one thread, a median: native.py MODEL_FOLDER TURNS"""

import statistics
import sys
import time

import numpy as np
import onnxruntime

folder, turns = sys.argv[1], int(sys.argv[2])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(f"{folder}/unet/model.onnx", options, providers=["CPUExecutionProvider"])
random = np.random.default_rng(1)
shapes = {each.name: each.shape for each in session.get_inputs()}
whole = lambda name: [2, *(size if isinstance(size, int) else 1 for size in shapes[name][1:])]
feeds = {
    "sample": random.standard_normal(whole("sample"), dtype=np.float32),
    "timestep": np.array([500], dtype=np.float32),
    "encoder_hidden_states": random.standard_normal(whole("encoder_hidden_states"), dtype=np.float32),
}

seconds = []
for _ in range(turns + 1):
    began = time.process_time()
    session.run(["out_sample"], feeds)
    seconds.append(time.process_time() - began)
print(statistics.median(seconds[1:]))
