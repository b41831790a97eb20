-- CreateTable
CREATE TABLE "Job" (
    "row" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "cluster" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "user" TEXT,
    "project" TEXT,
    "partition" TEXT,
    "state" TEXT NOT NULL,
    "start" REAL,
    "end" REAL,
    "timeLimit" REAL,
    "gpuCount" INTEGER NOT NULL,
    "gpuType" TEXT,
    "cores" REAL,
    "memory" REAL,
    "model" TEXT,
    "dtype" TEXT,
    "tensorParallel" REAL,
    "command" TEXT,
    "demo" BOOLEAN NOT NULL,
    "bottleneck" TEXT,
    "activity" TEXT,
    "grade" REAL,
    "headroom" REAL,
    "lastReadingAt" REAL,
    "sparkline" TEXT,
    "ribbon" TEXT,
    "findingIds" TEXT
);

-- CreateTable
CREATE TABLE "JobNode" (
    "job" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "node" TEXT NOT NULL,

    PRIMARY KEY ("job", "position"),
    CONSTRAINT "JobNode_job_fkey" FOREIGN KEY ("job") REFERENCES "Job" ("row") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "JobGpu" (
    "job" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "uuid" TEXT NOT NULL,
    "node" TEXT,

    PRIMARY KEY ("job", "position"),
    CONSTRAINT "JobGpu_job_fkey" FOREIGN KEY ("job") REFERENCES "Job" ("row") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Analysis" (
    "job" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "bytes" BLOB NOT NULL,
    CONSTRAINT "Analysis_job_fkey" FOREIGN KEY ("job") REFERENCES "Job" ("row") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Finding" (
    "job" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "evidence" TEXT NOT NULL,
    "entity" TEXT,
    "from" REAL,
    "to" REAL,

    PRIMARY KEY ("job", "position"),
    CONSTRAINT "Finding_job_fkey" FOREIGN KEY ("job") REFERENCES "Job" ("row") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Node" (
    "name" TEXT NOT NULL PRIMARY KEY
);

-- CreateTable
CREATE TABLE "Gpu" (
    "uuid" TEXT NOT NULL PRIMARY KEY,
    "node" TEXT,
    "name" TEXT,
    CONSTRAINT "Gpu_node_fkey" FOREIGN KEY ("node") REFERENCES "Node" ("name") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Fact" (
    "kind" TEXT NOT NULL,
    "entity" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "node" TEXT,
    "value" TEXT NOT NULL,
    "at" REAL NOT NULL,

    PRIMARY KEY ("kind", "entity", "name")
);

-- CreateTable
CREATE TABLE "Event" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "digest" TEXT NOT NULL,
    "at" REAL NOT NULL,
    "kind" TEXT NOT NULL,
    "entityKind" TEXT,
    "entity" TEXT,
    "node" TEXT,
    "text" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Token" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "scope" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "issued" REAL NOT NULL,
    "expires" REAL,
    "used" REAL
);

-- CreateTable
CREATE TABLE "Setting" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);

-- CreateIndex
CREATE INDEX "Job_start_row_idx" ON "Job"("start", "row");

-- CreateIndex
CREATE INDEX "Job_name_row_idx" ON "Job"("name", "row");

-- CreateIndex
CREATE INDEX "Job_gpuCount_row_idx" ON "Job"("gpuCount", "row");

-- CreateIndex
CREATE INDEX "Job_grade_row_idx" ON "Job"("grade", "row");

-- CreateIndex
CREATE INDEX "Job_headroom_row_idx" ON "Job"("headroom", "row");

-- CreateIndex
CREATE INDEX "Job_state_start_row_idx" ON "Job"("state", "start", "row");

-- CreateIndex
CREATE INDEX "Job_user_start_row_idx" ON "Job"("user", "start", "row");

-- CreateIndex
CREATE INDEX "Job_project_start_row_idx" ON "Job"("project", "start", "row");

-- CreateIndex
CREATE INDEX "Job_gpuType_start_row_idx" ON "Job"("gpuType", "start", "row");

-- CreateIndex
CREATE INDEX "Job_bottleneck_start_row_idx" ON "Job"("bottleneck", "start", "row");

-- CreateIndex
CREATE INDEX "Job_activity_start_row_idx" ON "Job"("activity", "start", "row");

-- CreateIndex
CREATE INDEX "Job_end_idx" ON "Job"("end");

-- CreateIndex
CREATE INDEX "Job_id_idx" ON "Job"("id");

-- CreateIndex
CREATE UNIQUE INDEX "Job_cluster_id_key" ON "Job"("cluster", "id");

-- CreateIndex
CREATE INDEX "JobNode_node_job_idx" ON "JobNode"("node", "job");

-- CreateIndex
CREATE INDEX "JobGpu_uuid_job_idx" ON "JobGpu"("uuid", "job");

-- CreateIndex
CREATE INDEX "Finding_kind_job_idx" ON "Finding"("kind", "job");

-- CreateIndex
CREATE INDEX "Finding_to_idx" ON "Finding"("to");

-- CreateIndex
CREATE INDEX "Gpu_node_idx" ON "Gpu"("node");

-- CreateIndex
CREATE INDEX "Fact_kind_at_idx" ON "Fact"("kind", "at");

-- CreateIndex
CREATE INDEX "Fact_entity_idx" ON "Fact"("entity");

-- CreateIndex
CREATE INDEX "Fact_node_idx" ON "Fact"("node");

-- CreateIndex
CREATE UNIQUE INDEX "Event_digest_key" ON "Event"("digest");

-- CreateIndex
CREATE INDEX "Event_at_idx" ON "Event"("at");

-- CreateIndex
CREATE INDEX "Event_entity_at_idx" ON "Event"("entity", "at");

-- CreateIndex
CREATE INDEX "Event_node_at_idx" ON "Event"("node", "at");

-- CreateIndex
CREATE INDEX "Token_name_idx" ON "Token"("name");
