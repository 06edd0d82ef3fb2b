ALTER TABLE "actors" ADD COLUMN "followers_read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "digests" text[];--> statement-breakpoint
ALTER TABLE "inbox_activities" ADD COLUMN "synchronization" text;