ALTER TYPE "public"."notification_kind" ADD VALUE 'admin.sign_up';--> statement-breakpoint
ALTER TYPE "public"."notification_kind" ADD VALUE 'admin.report';--> statement-breakpoint
DROP INDEX "notifications_story_unique";--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "featured_tags_iri" text;--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "tags_read_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "report_id" bigint;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notifications_report" ON "notifications" USING btree ("report_id") WHERE "notifications"."report_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_story_unique" ON "notifications" USING btree ("actor_id","kind","from_actor_id",coalesce("post_id", 0),coalesce("report_id", 0));