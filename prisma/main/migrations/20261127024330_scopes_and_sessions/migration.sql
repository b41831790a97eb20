-- AlterTable
ALTER TABLE "Token" ADD COLUMN "cluster" TEXT;
ALTER TABLE "Token" ADD COLUMN "job" TEXT;
ALTER TABLE "Token" ADD COLUMN "node" TEXT;

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "cookie" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "tokenName" TEXT NOT NULL,
    "created" REAL NOT NULL,
    "used" REAL NOT NULL,
    "expires" REAL NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Session_cookie_key" ON "Session"("cookie");

-- CreateIndex
CREATE INDEX "Session_principal_idx" ON "Session"("principal");

-- CreateIndex
CREATE INDEX "Session_tokenName_idx" ON "Session"("tokenName");

-- CreateIndex
CREATE INDEX "Session_expires_idx" ON "Session"("expires");

-- What could write everything writes of one node from now on: the first that it is used for. `headroom token issue` gives others.
UPDATE "Token" SET "scope" = 'node' WHERE "scope" = 'write';

-- A session of the time before had one secret, and one opens nothing any more.
DELETE FROM "Token" WHERE "scope" = 'session';
