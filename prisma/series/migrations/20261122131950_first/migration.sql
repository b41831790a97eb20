-- CreateTable
CREATE TABLE "Wal" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "bytes" BLOB NOT NULL
);

-- CreateTable
CREATE TABLE "MetricName" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "MetricSet" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "metrics" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Entity" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "node" TEXT,
    "sealedTo" BIGINT NOT NULL,
    "rolledTo" REAL
);

-- CreateTable
CREATE TABLE "Chunk" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "entity" INTEGER NOT NULL,
    "level" INTEGER NOT NULL,
    "first" REAL NOT NULL,
    "last" REAL NOT NULL,
    "rows" INTEGER NOT NULL,
    "values" INTEGER NOT NULL,
    "set" INTEGER NOT NULL,
    "wal" BIGINT NOT NULL,
    "bytes" BLOB NOT NULL
);

-- CreateTable
CREATE TABLE "Source" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "seqs" TEXT NOT NULL,
    "heard" REAL NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "MetricName_name_key" ON "MetricName"("name");

-- CreateIndex
CREATE UNIQUE INDEX "MetricSet_metrics_key" ON "MetricSet"("metrics");

-- CreateIndex
CREATE UNIQUE INDEX "Entity_kind_name_key" ON "Entity"("kind", "name");

-- CreateIndex
CREATE INDEX "Chunk_entity_level_last_first_rows_values_set_idx" ON "Chunk"("entity", "level", "last", "first", "rows", "values", "set");

-- CreateIndex
CREATE INDEX "Chunk_level_last_idx" ON "Chunk"("level", "last");

-- CreateIndex
CREATE INDEX "Source_heard_idx" ON "Source"("heard");
