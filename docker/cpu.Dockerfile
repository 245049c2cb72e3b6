# fid-study for machines without a GPU. From a clone:
#   docker build -f docker/cpu.Dockerfile -t fid-study .
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci
COPY bin bin
COPY src src
RUN npm run build && npm prune --omit=dev

# Without src/, so that bin/study.js runs what is compiled.
FROM node:22-bookworm-slim
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
