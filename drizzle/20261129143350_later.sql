DROP INDEX "inbox_activities_waiting";--> statement-breakpoint
ALTER TABLE "inbox_activities" ADD COLUMN "later_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "inbox_activities" ADD COLUMN "delays" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "group_posts_added" ON "group_posts" USING btree ("group_id","added_at");--> statement-breakpoint
CREATE INDEX "inbox_activities_later" ON "inbox_activities" USING btree ("later_at") WHERE "inbox_activities"."later_at" is not null;--> statement-breakpoint
CREATE INDEX "inbox_activities_put_aside" ON "inbox_activities" USING btree (split_part(coalesce("signer_iri", "actor_iri"), '/', 3)) WHERE "inbox_activities"."later_at" is not null;--> statement-breakpoint
CREATE INDEX "inbox_activities_waiting" ON "inbox_activities" USING btree ("id") WHERE "inbox_activities"."processed_at" is null and "inbox_activities"."later_at" is null;