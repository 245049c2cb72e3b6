# fid-study with CUDA for extraction; needs NVIDIA's container toolkit to run. From a clone:
#   docker build -f docker/cuda.Dockerfile -t fid-study-cuda .
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci
COPY bin bin
COPY src src
# onnxruntime's CUDA libraries come from NuGet: see docs/gpu.md.
RUN npm run build && npm prune --omit=dev && \
  ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js

# Without src/, so that bin/study.js runs what is compiled.
FROM nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /opt/fid-study
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json ./
COPY bin bin
COPY wasm wasm
COPY pages pages
COPY schemas schemas
COPY experiments experiments
COPY results/jitter/jitter.csv results/jitter/jitter.csv
RUN ln -s /opt/fid-study/bin/study.js /usr/local/bin/study
# Mount a volume here that all tasks share: models, features and references are kept in it.
ENV STUDY_CACHE=/cache
ENTRYPOINT ["study"]
