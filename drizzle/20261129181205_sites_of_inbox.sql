DROP INDEX "inbox_activities_put_aside";--> statement-breakpoint
ALTER TABLE "inbox_activities" ADD COLUMN "site" text DEFAULT '' NOT NULL;--> statement-breakpoint
UPDATE "inbox_activities" SET "site" = CASE WHEN "authority" = 'none' AND "signer_iri" IS NULL THEN '(unsigned)' ELSE split_part(coalesce("signer_iri", "actor_iri"), '/', 3) END WHERE "processed_at" IS NULL OR "parked_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "inbox_activities_sites" ON "inbox_activities" USING btree ("site") WHERE "inbox_activities"."later_at" is not null or "inbox_activities"."parked_at" is not null;