#!/usr/bin/env bash
# Optimum beside the training's packages, for test_foreign.py: it wants an older transformers, so it has an environment of its own,
# which takes torch from .venv.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 -m venv .venv-optimum
site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
echo "$site" > "$(.venv-optimum/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zz-training.pth"
.venv-optimum/bin/pip install -q --no-deps optimum==2.1.0 optimum-onnx==0.1.0 transformers==4.57.6 tokenizers==0.22.2 \
  huggingface_hub==0.36.2 diffusers==0.35.2
