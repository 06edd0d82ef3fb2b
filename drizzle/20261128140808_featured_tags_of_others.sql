ALTER TABLE "actors" ADD COLUMN "featured_tags_iri" text;--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "tags_read_at" timestamp (3) with time zone;