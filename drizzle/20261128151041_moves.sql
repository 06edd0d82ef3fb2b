ALTER TYPE "public"."notification_kind" ADD VALUE 'move';--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "moved_at" timestamp (3) with time zone;